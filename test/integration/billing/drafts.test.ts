import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  closeDrafts,
  createDraft,
  deleteDraft,
  findDraft,
  updateDraft,
} from '../../../src/billing/drafts/drafts.ts';
import { sweepDrafts } from '../../../src/billing/index.ts';
import { MovableClock } from '../../../src/clock.ts';
import { inTransaction } from '../../../src/db/index.ts';
import { HOUR_MS } from '../../../src/durations.ts';
import { testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

let database: TestDatabase;
let clock: MovableClock;
let companyId: bigint;

beforeAll(async () => {
  database = await freshDatabase();
  clock = new MovableClock();
  ({ companyId } = await testCompany(database.db, { pooled: false }));
});
afterAll(() => database.close());

const kinds = ['recharge', 'settings', 'sharing'] as const;
const owner = (kind: (typeof kinds)[number] = 'recharge', actor = 'T1/U1') => ({ kind, companyId, actor });
const open = (kind?: (typeof kinds)[number]) =>
  inTransaction(database.db, (tx) => createDraft(tx, owner(kind), { of: kind ?? '' }, clock.now()));
const find = (token: string, of = owner()) => findDraft(database.db, of, token, clock.now());
const required = async (token: string) => {
  const draft = await find(token);
  if (draft === null) throw new Error('the draft is there');
  return draft;
};

it('a form left open for more than a day is swept, whatever it was for; a younger one stays', async () => {
  const old = await Promise.all(kinds.map(open));
  clock.advance(23 * HOUR_MS);
  const young = await open();
  await sweepDrafts({ db: database.db, clock });
  expect(await database.db.draft.count()).toBe(4);
  expect(await find(old[0] ?? '')).not.toBeNull();
  clock.advance(HOUR_MS + 1);
  // Its age counts, not whether a sweep has run.
  expect(await find(old[0] ?? '')).toBeNull();
  await sweepDrafts({ db: database.db, clock });
  expect((await database.db.draft.findMany()).map(({ token }) => token)).toEqual([young]);
  expect(old).not.toContain(young);
});

it('a draft is its owner’s alone, and of its kind', async () => {
  const token = await open();
  expect(await find(token)).not.toBeNull();
  expect(await find(token, owner('recharge', 'T1/U2'))).toBeNull();
  expect(await find(token, owner('settings'))).toBeNull();
  expect(await find(token, { ...owner(), companyId: companyId + 1n })).toBeNull();
});

it('of two who review or use the same version of a draft one does', async () => {
  const draft = await required(await open());
  const [first, second] = await Promise.all(
    [1, 2].map((value) => inTransaction(database.db, (tx) => updateDraft(tx, draft, { value }))),
  );
  expect([first, second].filter((each) => each !== null)).toHaveLength(1);
  expect(await inTransaction(database.db, (tx) => deleteDraft(tx, draft))).toBe(false);
  const present = await required(draft.token);
  const used = await Promise.all(
    [1, 2].map(() => inTransaction(database.db, (tx) => deleteDraft(tx, present))),
  );
  expect(used.filter(Boolean)).toHaveLength(1);
});

it('a company’s forms are closed together, of one kind or of all', async () => {
  const [recharge = '', settings = ''] = [await open('recharge'), await open('settings')];
  await inTransaction(database.db, (tx) => closeDrafts(tx, companyId, 'recharge'));
  expect(await find(recharge)).toBeNull();
  expect(await find(settings, owner('settings'))).not.toBeNull();
  await inTransaction(database.db, (tx) => closeDrafts(tx, companyId));
  expect(await database.db.draft.count({ where: { companyId } })).toBe(0);
});
