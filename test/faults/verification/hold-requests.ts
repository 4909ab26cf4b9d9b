import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where one request of an order's charge stands: on its way to the processor, or answered by it and on its way back. */
export type Moment =
  | 'create-asked'
  | 'create-answered'
  | 'confirm-asked'
  | 'confirm-answered'
  | 'look-asked'
  | 'look-answered';

export interface Held {
  url: string;
  /** Holds what comes by for an order (`company/order`) at this moment, for ever. */
  hold(order: string, moment: Moment): void;
  /** The orders that are held. */
  held(): string[];
  /** Lets everything pass from now on. */
  letGo(): void;
  close(): Promise<void>;
}

/** Stands between the app and the card processor, and keeps single requests and answers from going on. */
export async function holdRequests(targetUrl: string): Promise<Held> {
  const target = new URL(targetUrl);
  const holds = new Map<string, Moment>();
  const held = new Set<string>();
  const orders = new Map<string, string>();
  const isHeld = (order: string | undefined, moment: Moment): boolean => {
    if (order === undefined || holds.get(order) !== moment) return false;
    held.add(order);
    return true;
  };
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { method, url: path = '' } = incoming;
    const [, id, action] = /^\/v1\/payment_intents(?:\/(\w+))?(?:\/(\w+))?/.exec(path) ?? [];
    const step = method === 'GET' ? 'look' : id === undefined ? 'create' : action;
    const reference = new URLSearchParams(body.toString()).get('metadata[reference]');
    const order = id === undefined ? reference?.split('/').slice(0, 2).join('/') : orders.get(id);
    if (isHeld(order, `${step}-asked` as Moment)) return;
    const { hostname: host, port } = target;
    const forwarded = send({ host, port, method, path, headers: incoming.headers }, async (answer) => {
      const parts: Buffer[] = [];
      for await (const part of answer as AsyncIterable<Buffer>) parts.push(part);
      const text = Buffer.concat(parts);
      if (step === 'create' && order !== undefined)
        orders.set((JSON.parse(text.toString()) as { id: string }).id, order);
      if (isHeld(order, `${step}-answered` as Moment)) return;
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(text);
    });
    forwarded.on('error', () => outgoing.destroy());
    forwarded.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: (order, moment) => void holds.set(order, moment),
    held: () => [...held],
    letGo: () => holds.clear(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
