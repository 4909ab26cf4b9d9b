import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { matrix, nameOf } from '../../proofs/access/matrix.ts';

/** Which test file sent what to the app when `test/house/record-walks.mjs` played it last. */
const walks = JSON.parse(readFileSync('test/house/walked-ids.json', 'utf8')) as Record<string, string>;
/** What no recorded test sends yet. It only gets shorter: a new id has its walk from the beginning. */
const unrecorded = JSON.parse(readFileSync('test/house/unrecorded-ids.json', 'utf8')) as string[];
const registered = matrix.map(nameOf);

it('a test of test/slack or test/browser plays everything that is registered with Slack, but for what is listed', () => {
  expect(registered.length).toBeGreaterThan(100);
  const known = new Set([...Object.keys(walks), ...unrecorded]);
  expect(registered.filter((name) => !known.has(name))).toEqual([]);
});

it('neither list names what is no longer registered, and none is in both', () => {
  expect([...Object.keys(walks), ...unrecorded].filter((name) => !registered.includes(name))).toEqual([]);
  expect(unrecorded.filter((name) => Object.hasOwn(walks, name))).toEqual([]);
});

it('the test that plays an id is still there', () => {
  expect([...new Set(Object.values(walks))].filter((file) => !existsSync(file))).toEqual([]);
});
