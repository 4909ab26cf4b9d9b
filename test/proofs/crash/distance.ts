import { EventEmitter, once } from 'node:events';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A card processor is far away: each request, and each answer, takes up to this long. */
const LONGEST_WAY_MS = 120;

/** `asked`: a request for an intent is on its way to the processor; `charged`: the answer to a charge is on its way back. */
export type Passage = 'asked' | 'charged';

export interface Distance {
  url: string;
  /** Settles when the next one comes by. */
  next(passage: Passage): Promise<void>;
  close(): Promise<void>;
}

/**
 * Puts distance between the app and a server on this machine: without it a charge and its credit lie so close
 * together that a random kill hardly ever falls between them.
 */
export async function addDistance(targetUrl: string): Promise<Distance> {
  const target = new URL(targetUrl);
  const passing = new EventEmitter();
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    if (incoming.url === '/v1/payment_intents') passing.emit('asked');
    await sleep(Math.random() * LONGEST_WAY_MS);
    const forwarded = send(
      {
        host: target.hostname,
        port: target.port,
        method: incoming.method,
        path: incoming.url,
        headers: incoming.headers,
      },
      async (answer) => {
        if (incoming.url?.endsWith('/confirm')) passing.emit('charged');
        await sleep(Math.random() * LONGEST_WAY_MS);
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    forwarded.on('error', () => outgoing.destroy());
    forwarded.end(Buffer.concat(chunks));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: (passage) => new Promise((resolve) => passing.once(passage, () => resolve())),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
