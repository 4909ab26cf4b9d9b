import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { postReply } from '../../../src/slack/kit/reply.ts';

/** Connections on which a second request is met by a reset, as by a server that has just closed what it kept. */
const isUsed = new WeakSet<Socket>();
const taken: string[] = [];
let resets = 0;
const server = createServer((request, response) => {
  if (isUsed.has(request.socket)) {
    resets += 1;
    request.socket.resetAndDestroy();
    return;
  }
  isUsed.add(request.socket);
  request.on('data', (chunk: Buffer) => taken.push(chunk.toString()));
  request.on('end', () => response.end('ok'));
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('a reply arrives where the connection that was kept has been closed meanwhile', async () => {
  for (const text of ['one', 'two', 'three']) await postReply(url, { text });
  expect(taken).toEqual(['{"text":"one"}', '{"text":"two"}', '{"text":"three"}']);
  expect(resets).toBeGreaterThan(0);
});
