import { afterAll, beforeAll, expect, it } from 'vitest';
import { inTransaction } from '../../../src/db/index.ts';
import {
  isFullVerificationDue,
  listOperatorNotices,
  raiseOperatorNotice,
  recordVerification,
  resolveOperatorNotice,
} from '../../../src/org/index.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 5, 12, minute));
const notice = { kind: 'processor-refuses-requests', companyId: null } as const;

it('raised again while it is open a notice is counted; once resolved it opens anew', async () => {
  const { db } = database;
  await Promise.all([1, 2, 3].map((minute) => raiseOperatorNotice(db, { ...notice, at: at(minute) })));
  await raiseOperatorNotice(db, { ...notice, subject: 'other', at: at(4) });
  expect(await listOperatorNotices(db)).toMatchObject([
    { kind: notice.kind, company: null, subject: '', count: 3, lastAt: at(3) },
    { subject: 'other', count: 1 },
  ]);
  await resolveOperatorNotice(db, { ...notice, at: at(5) });
  expect(await listOperatorNotices(db)).toMatchObject([{ subject: 'other' }]);
  await raiseOperatorNotice(db, { ...notice, details: { status: 401 }, at: at(6) });
  const open = await listOperatorNotices(db);
  expect(open).toMatchObject([{ subject: 'other' }, { subject: '', count: 1, details: { status: 401 } }]);
  expect(await listOperatorNotices(db, { includeResolved: true })).toHaveLength(3);
});

it('a notice of a transaction that fails is not kept', async () => {
  const key = { ...notice, subject: 'rolled back' };
  const failing = inTransaction(database.db, async (tx) => {
    await raiseOperatorNotice(tx, { ...key, at: at(7) });
    throw new Error('undone');
  });
  await expect(failing).rejects.toThrow('undone');
  expect((await listOperatorNotices(database.db)).map(({ subject }) => subject)).not.toContain('rolled back');
});

it('a night verifies everything at first, once a week, and after a night that found something', async () => {
  const { db } = database;
  const isDue = (day: string) => isFullVerificationDue(db, day);
  const verified = (day: string, since: string | null, findings = 0) =>
    recordVerification(db, {
      day,
      at: new Date(`${day}T03:00:00Z`),
      companies: 1,
      findings,
      part: since === null ? null : { since },
    });
  expect(await isDue('2026-11-01')).toBe(true);
  await verified('2026-11-01', null);
  expect(await isDue('2026-11-02')).toBe(false);
  for (let time = 0; time < 2; time += 1) await verified('2026-11-07', '2026-11-06');
  expect(await isDue('2026-11-07')).toBe(false);
  // Seven days after the last one of everything, whatever was verified between them.
  expect(await isDue('2026-11-08')).toBe(true);
  await verified('2026-11-08', null, 2);
  expect(await isDue('2026-11-09')).toBe(true);
  const disagreeing = async () =>
    (await listOperatorNotices(db)).filter(({ kind }) => kind === 'books-disagree');
  // What was found may lie before a part that finds nothing.
  await verified('2026-11-09', '2026-11-08');
  expect(await isDue('2026-11-09')).toBe(true);
  expect(await disagreeing()).toMatchObject([{ details: { findings: 2 } }]);
  await verified('2026-11-09', null);
  // A part, by hand, on the same day: everything was verified all the same.
  await verified('2026-11-09', '2026-11-08');
  expect(await isDue('2026-11-10')).toBe(false);
  expect(await disagreeing()).toEqual([]);
});
