import { afterAll, beforeAll, expect, it } from 'vitest';
import { saveChannel } from '../../../src/cli/channel/save-channel.ts';
import { MovableClock } from '../../../src/clock.ts';
import { createLogger } from '../../../src/log.ts';
import { deliverNotice, NoticeDeliveryError, postNotice } from '../../../src/notices/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

const DAY_MS = 24 * 3_600_000;
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

const post = (receipt: string, to?: string) =>
  postNotice(database.db, {
    companyId: acme.companyId,
    dedupeKey: `receipt:${receipt}`,
    at: clock.now(),
    facts: {
      kind: 'dispute',
      state: 'open',
      amount: '5.00',
      receipt,
      at: clock.now().toISOString(),
      timeZone: 'UTC',
    },
    ...(to === undefined ? {} : { to: { teamId: acme.teamId, channelId: to } }),
  });

/** Says what is waiting; the first channel that the company chose is gone. */
async function deliver(): Promise<void> {
  const { companyId } = acme;
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
