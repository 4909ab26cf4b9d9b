import { setTimeout as sleep } from 'node:timers/promises';
import { ENDPOINTS } from '../../../src/http/api/endpoints.ts';
import { chanceOf } from '../simulate/chance.ts';
import { drawUsage } from './draw-api.ts';
import { WORDS } from './draw-slack.ts';
import type { FuzzRequest } from './request.ts';
import { PEOPLE, type World } from './world.ts';
import {
  type From,
  type Payload,
  toRequest,
  writeClick,
  writeCommand,
  writeEvent,
  writeSubmission,
  writeSuggestion,
} from './write-slack.ts';

/** Of requests that are no fuzz: no run has so many others. */
const FIRST_NUMBER = 1_000_000_000;
const ROUNDS = 4;
const QUIET_MS = 150;
const PAGED_QUERY = '?from=2020-01-01T00:00:00Z&limit=1';
const PLAIN_QUERY = '?limit=1';
const TYPED: readonly string[] = [
  'add 50',
  '50 New York',
  'usage last month',
  'usage calls',
  'export last month',
  'request 20 for the fair',
  'limits',
  'help',
];

/** Sends one, and answers what came of it. */
export type SendOne = (request: FuzzRequest, number: number) => Promise<string>;

/**
 * Goes through Refill as people do: every command as everybody, then whatever that showed, once each: its buttons, lists and forms. What the
 * app shows meanwhile is what requests are drawn from. A few valid records and holds give the API something to read.
 */
export async function walk(world: World, seed: number, send: SendOne, sendAll: SendAll): Promise<void> {
  const { harvest, desk } = world;
  const chance = chanceOf(seed);
  let number = FIRST_NUMBER + Math.floor(chance.next() * 1e8) * 10;
  harvest.isOpen = true;
  const one = (userId: string, write: (from: From) => Payload): (() => Promise<unknown>) => {
    number += 1;
    const key = `k${number}`;
    const of = number;
    const payload = write({ userId, key, replyUrl: desk.replyUrl(key) });
    desk.expect(key, userId, payload.what === 'event app_home_opened');
    return () => send(toRequest(payload, world.slackSecret), of);
  };
  const people = PEOPLE.slice(1, -1);
  await sendAll([
    ...Array.from({ length: 30 }, () => () => send(drawUsage(world, chance), FIRST_NUMBER)),
    ...people.flatMap((userId) => [
      one(userId, (from) => writeEvent(from, { type: 'app_home_opened', user: userId, tab: 'home' })),
      ...WORDS.map((word) => one(userId, (from) => writeCommand(from, word))),
    ]),
    ...TYPED.map((text) => one(PEOPLE[0], (from) => writeCommand(from, text))),
  ]);
  const seen = new Set<string>();
  const isNew = (id: string): boolean => !seen.has(id) && seen.add(id) !== undefined;
  for (let round = 0; round < ROUNDS; round += 1) {
    await untilQuiet(world, QUIET_MS);
    await sendAll([
      ...[...harvest.clicks].flatMap(([id, [newest]]) =>
        newest === undefined || !isNew(`click ${id} ${newest.shown.callbackId}`)
          ? []
          : [one(newest.shown.userId, (from) => writeClick(from, newest, chance))],
      ),
      ...[...harvest.lists].flatMap(([id, [newest]]) =>
        newest === undefined || !isNew(`list ${id}`)
          ? []
          : [one(newest.shown.userId, (from) => writeSuggestion(from, newest, ''))],
      ),
      ...[...harvest.forms].flatMap(([id, [newest]]) =>
        newest === undefined || !isNew(`form ${id}`)
          ? []
          : [one(newest.userId, (from) => writeSubmission(from, newest, chance))],
      ),
    ]);
  }
  await untilQuiet(world, QUIET_MS);
  harvest.isOpen = false;
  await readPages(world, send);
}

export type SendAll = (works: readonly (() => Promise<unknown>)[]) => Promise<void>;

/** Keeps where the first page of each list ends. */
async function readPages({ keys, cursors }: World, send: SendOne): Promise<void> {
  for (const { path, method, operationId, query } of ENDPOINTS) {
    if (method !== 'GET' || path.includes(':') || query?.shape.cursor === undefined) continue;
    const asked = `${path}${query.shape.from === undefined ? PLAIN_QUERY : PAGED_QUERY}`;
    const headers = { authorization: `Bearer ${keys.whole}` };
    const request = {
      surface: 'api',
      what: operationId,
      method,
      path: asked,
      headers,
      body: Buffer.alloc(0),
      isTwice: false,
    } as const;
    const [, cursor] = /"next_cursor":"([^"]+)"/.exec(await send(request, FIRST_NUMBER)) ?? [];
    if (cursor !== undefined) cursors.set(path, `${asked.slice(path.length)}&cursor=${cursor}`);
  }
}

/** Waits until the app has said nothing to Slack for so long. */
export async function untilQuiet({ desk }: World, quietMs: number): Promise<void> {
  const until = performance.now() + 60_000;
  const startedAt = performance.now();
  const since = (): number => performance.now() - Math.max(desk.lastHeardAt(), startedAt);
  while (since() < quietMs && performance.now() < until) await sleep(20);
}
