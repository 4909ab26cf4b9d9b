import { afterAll, beforeAll, expect, it } from 'vitest';
import { saveChannel } from '../../../src/cli/channel/save-channel.ts';
import { MovableClock } from '../../../src/clock.ts';
import { DAY_MS } from '../../../src/durations.ts';
import { createLogger } from '../../../src/log.ts';
import { deliverNotice, NoticeDeliveryError, postNotice } from '../../../src/notices/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

const clock = new MovableClock();
let database: TestDatabase;
let acme: TestCompany;
/** What was said where. */
const said: string[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  acme = await testCompany(database.db);
});
afterAll(() => database?.close());

const post = (receipt: string, to?: string, companyId = acme.companyId) =>
  postNotice(database.db, {
    companyId,
    dedupeKey: `receipt:${receipt}`,
    at: clock.now(),
    facts: {
      kind: 'dispute',
      invoice: null,
      state: 'open',
      amount: '5.00',
      receipt,
      at: clock.now().toISOString(),
      timeZone: 'UTC',
    },
    ...(to === undefined ? {} : { to: { teamId: acme.teamId, channelId: to } }),
  });

/** Says what is waiting; the first channel that the company chose is gone. */
async function deliver({ companyId } = acme): Promise<void> {
  const waiting = await database.db.notice.findMany({ where: { companyId, state: 'pending' } });
  for (const { id } of waiting)
    await deliverNotice(
      {
        db: database.db,
        clock,
        log: createLogger('silent'),
        send: async ({ channelId, facts, messageTs }) => {
          if (channelId !== 'CNEW000')
            throw new NoticeDeliveryError('channel_not_found', { permanent: true });
          said.push(`${channelId} ${'receipt' in facts ? facts.receipt : ''} ${messageTs ?? 'new'}`);
          return { ts: '1', channelId };
        },
      },
      { companyId, noticeId: id },
    );
}

it('what could not be said lately is said once a channel is chosen that takes it; to a person it is not', async () => {
  await post('R-OLD');
  await deliver();
  clock.advance(8 * DAY_MS);
  await post('R-1');
  await post('R-2', 'UANA');
  await deliver();
  await post('R-3');
  expect(said).toEqual([]);
  await saveChannel(database.db, {
    companyId: acme.companyId,
    channelId: 'CNEW000',
    kind: 'any',
    at: clock.now(),
  });
  await deliver();
  await deliver();
  expect(said).toEqual(['CNEW000 R-1 new']);
  // What was waiting for the old channel failed there, and goes to the new one with the next word about it.
  await post('R-3');
  await deliver();
  expect(said).toEqual(['CNEW000 R-1 new', 'CNEW000 R-3 new']);
});

it('R27.8: what is over by then is not said', async () => {
  const late = await testCompany(database.db);
  await postNotice(database.db, {
    companyId: late.companyId,
    dedupeKey: 'blocked',
    at: clock.now(),
    facts: {
      kind: 'recharge_blocked',
      reason: 'cap',
      token: '1',
      scopeLabel: 'New York',
      scope: '',
      amount: '50.00',
      balance: '60',
      limit: '100.00',
      used: '100.00',
      at: clock.now().toISOString(),
      timeZone: 'UTC',
      isOver: true,
    },
  });
  await deliver(late);
  await saveChannel(database.db, {
    companyId: late.companyId,
    channelId: 'CNEW000',
    kind: 'any',
    at: clock.now(),
  });
  const notices = await database.db.notice.findMany({
    where: { companyId: late.companyId, kind: 'recharge_blocked' },
  });
  expect(notices).toMatchObject([{ state: 'dropped' }]);
});

it('what another company could not say stays unsaid, and of its own the oldest is said first', async () => {
  const [umbrella, other] = [await testCompany(database.db), await testCompany(database.db)];
  for (const company of [umbrella, other]) {
    for (const receipt of ['R-1', 'R-2', 'R-3']) await post(receipt, undefined, company.companyId);
    await deliver(company);
  }
  // The queue has worked what it had.
  await database.db.$executeRaw`DELETE FROM graphile_worker._private_jobs`;
  const channel = { channelId: 'CNEW000', kind: 'any', at: clock.now() } as const;
  await saveChannel(database.db, { companyId: umbrella.companyId, ...channel });
  const noticesOf = ({ companyId }: TestCompany) =>
    database.db.notice.findMany({
      where: { companyId, kind: 'dispute', channelId: { startsWith: 'C' } },
      orderBy: { id: 'asc' },
    });
  const jobs = await database.db.$queryRaw<{ noticeId: string }[]>`
    SELECT p.payload->>'noticeId' AS "noticeId" FROM graphile_worker.jobs AS job
    JOIN graphile_worker._private_jobs AS p ON p.id = job.id
    WHERE p.payload->>'companyId' = ${umbrella.companyId.toString()} AND job.task_identifier = 'deliver-notice'
    ORDER BY job.id`;
  const asked = jobs.map(({ noticeId }) => noticeId);
  const failed = (await noticesOf(umbrella)).map(({ id }) => id.toString());
  expect(asked.filter((id) => failed.includes(id))).toEqual(failed);
  expect((await noticesOf(other)).map(({ state }) => state)).toEqual(['failed', 'failed', 'failed']);
});
