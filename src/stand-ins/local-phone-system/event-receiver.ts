import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { MINUTE_MS, SECOND_MS } from '../../durations.ts';

const MAX_AGE_MS = 5 * MINUTE_MS;
const event = z.object({
  type: z.string(),
  data: z.object({
    office_name: z.string().nullish(),
    is_shared: z.boolean().optional(),
    class: z.enum(['calls', 'ai']).optional(),
  }),
});

/** What the phone system is told of the company's credits: which offices have none. */
export interface EventReceiver {
  /** Where signed events are to be sent. */
  url: string;
  /** Believes what is signed with this from now on. */
  trust(secret: string): void;
  /** The offices of which paid calls are stopped, by name; of shared credits one name for all. */
  listPaused(): string[];
  isPaused(office: string): boolean;
  onChange(listener: () => void): void;
  close(): Promise<void>;
}

const ALL_OFFICES = 'All offices';

/** Starts it on a free port of 127.0.0.1. */
export async function startEventReceiver(): Promise<EventReceiver> {
  const paused = new Set<string>();
  const listeners: (() => void)[] = [];
  let secret: string | null = null;
  const take = (body: string): void => {
    const { type, data } = event.parse(JSON.parse(body));
    if (data.class !== 'calls') return;
    const office = data.is_shared === true ? ALL_OFFICES : (data.office_name ?? ALL_OFFICES);
    if (type === 'balance.exhausted') paused.add(office);
    else if (type === 'balance.restored') paused.delete(office);
    for (const listener of listeners) listener();
  };
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    try {
      if (secret === null || !isGenuine(secret, request.headers['refill-signature'], body))
        return void response.writeHead(401).end();
      take(body);
      response.writeHead(204).end();
    } catch {
      response.writeHead(400).end();
    }
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
    trust: (text) => {
      secret = text;
    },
    listPaused: () => [...paused].sort(),
    isPaused: (office) => paused.has(office) || paused.has(ALL_OFFICES),
    onChange: (listener) => listeners.push(listener),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** As any receiver checks it: `t=…,v1=…` is an HMAC of the time, a dot and the body. */
function isGenuine(secret: string, header: string | string[] | undefined, body: string): boolean {
  const [, time = '', sent = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(header)) ?? [];
  if (time === '' || Math.abs(Date.now() - Number(time) * SECOND_MS) > MAX_AGE_MS) return false;
  const expected = createHmac('sha256', secret).update(`${time}.${body}`).digest();
  return timingSafeEqual(Buffer.from(sent, 'hex'), expected);
}
