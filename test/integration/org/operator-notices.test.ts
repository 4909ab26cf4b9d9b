import { afterAll, beforeAll, expect, it } from 'vitest';
import { inTransaction } from '../../../src/db/index.ts';
import { listOperatorNotices, raiseOperatorNotice, resolveOperatorNotice } from '../../../src/org/index.ts';
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
