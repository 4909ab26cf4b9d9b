import { afterAll, beforeAll, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { createLogger } from '../../../src/log.ts';
import { announceOperatorNotices, raiseOperatorNotice } from '../../../src/org/index.ts';
import { sweepUnrated } from '../../../src/usage/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { runRefill } from '../../support/run-refill.ts';

let database: TestDatabase;
let company: TestCompany;
const clock = new MovableClock();
const log = createLogger('silent');

beforeAll(async () => {
  database = await freshDatabase();
  company = await testCompany(database.db);
});
afterAll(() => database.close());

const operator = (...args: string[]) =>
  runRefill(['operator', ...args], { DATABASE_URL: database.url }, { clock });
const listed = async (...args: string[]): Promise<{ id: string; kind: string; details: object }[]> =>
  JSON.parse((await operator('list', '--json', ...args)).stdout).notices;

it('company admins are told once that usage waits for a rate, and the operator until none waits', async () => {
  const { db } = database;
  const { companyId, teamId } = company;
  const sweep = () => sweepUnrated({ db, clock });
  const told = () =>
    db.notice.findMany({ where: { companyId, kind: 'usage_waiting' }, orderBy: { channelId: 'asc' } });
  const wait = (externalId: string) =>
    db.usageInbox.create({
      data: {
        companyId,
        source: 'api',
        externalId,
        reason: 'unrated',
        message: 'no rate',
        event: {},
        receivedAt: clock.now(),
        nextAttemptAt: clock.now(),
      },
    });
  await wait('one');
  await Promise.all([sweep(), sweep()]);
  await wait('two');
  clock.advance(3_600_000);
  await sweep();
  expect((await told()).map(({ teamId: team, channelId }) => [team, channelId])).toEqual([
    [teamId, 'UANA'],
    [teamId, 'ULI'],
  ]);
  expect(await listed()).toMatchObject([
    { kind: 'usage-waits-for-a-rate', count: 1, details: { records: 1 } },
  ]);

  await db.usageInbox.deleteMany({ where: { companyId } });
  await sweep();
  expect(await listed()).toEqual([]);
  expect(await listed('--all')).toHaveLength(1);
});

it('a notice is posted to the operator’s channel once, again where Slack did not take it, and resolved by name', async () => {
  const { db } = database;
  await raiseOperatorNotice(db, { kind: 'no-company-admin', companyId: company.companyId, at: clock.now() });
  const posted: string[] = [];
  const announce = (post: (line: string) => Promise<void>) =>
    announceOperatorNotices({ db, clock, log, post });
  await announce(() => Promise.reject(new Error('Slack is away')));
  const post = async (line: string) => void posted.push(line);
  await Promise.all([announce(post), announce(post)]);
  await announce(post);
  expect(posted).toEqual([
    expect.stringMatching(/^Acme Corp \(\d+\): A company has no active company admin left/),
  ]);

  const [notice] = await listed();
  const done = await operator('resolve', notice?.id ?? '', '--reason', 'granted by phone', '--as', 'anna');
  expect(done).toMatchObject({ status: 0, stdout: `Notice ${notice?.id} is resolved.\n` });
  expect((await listed('--all')).at(-1)?.details).toEqual({
    resolvedBy: 'operator:anna',
    reason: 'granted by phone',
  });
  expect(await operator('resolve', notice?.id ?? '')).toMatchObject({ status: 1 });
});
