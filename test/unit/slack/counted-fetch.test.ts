import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { slackCalls } from '../../../src/instruments.ts';
import { CALLED_METHODS, countedFetch } from '../../../src/slack/connection/counted-fetch.ts';

const answers: Record<string, [status: number, body: string]> = {
  'test.good': [200, '{"ok":true,"text":"häppy"}'],
  'test.refused': [200, '{"ok":false,"error":"not_in_channel"}'],
  'test.odd': [200, '{"ok":false,"error":{"a":1}}'],
  'test.broken': [200, 'no json'],
  'test.limited': [429, ''],
  'test.down': [503, 'gone'],
};
const server = createServer((request, response) => {
  const [status, body] = answers[request.url?.split('/').at(-1) ?? ''] ?? [404, ''];
  response.writeHead(status, { 'x-slack-req-id': 'id-1' }).end(body);
});
let url: string;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api`;
});
afterAll(() => server.close());

/** What was counted of a method, without what only begins at 0. */
async function countOf(method: string): Promise<Record<string, number>> {
  const { values } = await slackCalls.get();
  const own = values.filter(({ labels, value }) => labels.method === method && value > 0);
  return Object.fromEntries(own.map(({ labels, value }) => [labels.error, value]));
}

it('counts each answer by its error, and hands on what it read once', async () => {
  const clone = vi.spyOn(Response.prototype, 'clone');
  for (const [method, [status, body]] of Object.entries(answers)) {
    const response = await countedFetch(`${url}/${method}`, {});
    expect(response.status).toBe(status);
    expect(response.headers.get('x-slack-req-id')).toBe('id-1');
    expect(await response.text()).toBe(body);
  }
  expect(clone).not.toHaveBeenCalled();
  clone.mockRestore();
  expect(await countOf('test.good')).toEqual({ ok: 1 });
  expect(await countOf('test.refused')).toEqual({ not_in_channel: 1 });
  expect(await countOf('test.odd')).toEqual({ other: 1 });
  expect(await countOf('test.broken')).toEqual({ ok: 1 });
  expect(await countOf('test.limited')).toEqual({ ratelimited: 1 });
  expect(await countOf('test.down')).toEqual({ http_503: 1 });
});

it('a call without an answer is counted, and fails', async () => {
  await expect(countedFetch('http://127.0.0.1:1/api/test.gone', {})).rejects.toThrow();
  expect(await countOf('test.gone')).toEqual({ no_answer: 1 });
});

it('every method that the app calls is counted from 0', async () => {
  const called = new Set<string>();
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.startsWith('stand-ins'),
  );
  for (const file of files)
    for (const [, method = ''] of readFileSync(`src/${file}`, 'utf8').matchAll(
      /\bclient\s*\.((?:[a-zA-Z]+\.)+[a-zA-Z]+)\(/g,
    ))
      called.add(method);
  expect([...called].sort()).toEqual(CALLED_METHODS);
});
