import { expect, it } from 'vitest';
import { judgeServer, type ServerFacts } from '../../../src/doctor/check-database.ts';

const SOUND: ServerFacts = {
  version: 15,
  encoding: 'UTF8',
  zone: 'UTC',
  is_read_only: false,
  forbidden: [],
  is_sealed: false,
};
const faultsOf = (facts: Partial<ServerFacts>) =>
  judgeServer({ ...SOUND, ...facts }).filter(({ result }) => result === 'fault');

it('a sound server has no fault, and each thing says how it is known', () => {
  const checks = judgeServer(SOUND);
  expect(checks.map(({ id, result }) => [id, result])).toEqual([
    ['database-version', 'ok'],
    ['database-encoding', 'ok'],
    ['database-zone', 'ok'],
    ['database-rights', 'ok'],
  ]);
  expect(checks.every(({ how }) => how.startsWith('asked the server'))).toBe(true);
});

it.each([
  ['an old server', { version: 14 }, 'PostgreSQL 14 is too old.'],
  [
    'SQL_ASCII',
    { encoding: 'SQL_ASCII' },
    'The database’s encoding is SQL_ASCII: names outside it are stored wrongly or refused.',
  ],
  [
    'a session not in UTC',
    { zone: 'America/New_York' },
    'Sessions are in America/New_York, not UTC: every time would be stored shifted.',
  ],
  ['a read-only server', { is_read_only: true }, 'The database is read-only.'],
  [
    'an empty database of another owner',
    { is_sealed: true },
    'The database is empty, and the role may not make tables in it.',
  ],
  ['tables without rights', { forbidden: ['order'] }, 'The role may not read or add to: order.'],
])('%s is one fault, with what to do', (_name, facts, finding) => {
  expect(faultsOf(facts)).toEqual([expect.objectContaining({ finding, todo: expect.any(String) })]);
});
