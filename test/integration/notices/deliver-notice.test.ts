import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { DAY_MS } from '../../../src/durations.ts';
import { createLogger } from '../../../src/log.ts';
import {
  deliverNotice,
  NoticeDeliveryError,
  type NoticeSender,
  postNotice,
  postQuestion,
} from '../../../src/notices/index.ts';
import { barrier } from '../../support/barrier.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

const startedAt = Date.now();
const clock = new MovableClock(0, () => startedAt);
let database: TestDatabase;
let acme: TestCompany;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());
beforeEach(async () => {
  acme = await testCompany(database.db);
});

const post = (amount: string) =>
  postNotice(database.db, {
    companyId: acme.companyId,
    dedupeKey: 'dispute:1',
    at: clock.now(),
    facts: {
      kind: 'dispute',
      invoice: null,
      state: 'open',
      amount,
      receipt: 'R-1',
      at: clock.now().toISOString(),
      timeZone: 'UTC',
    },
  });

const noticeNow = () => database.db.notice.findFirstOrThrow({ where: { companyId: acme.companyId } });

async function deliver(send: NoticeSender): Promise<void> {
  const { companyId, id: noticeId } = await noticeNow();
  await deliverNotice({ db: database.db, clock, log: createLogger('silent'), send }, { companyId, noticeId });
}

it('a notice that Slack asked to come again with later is not sent before that time, however often its job runs', async () => {
  await post('5.00');
  await deliver(async () => {
    throw new NoticeDeliveryError('slow down', { permanent: false, retryAfterMs: 60_000 });
  });
  const sent: string[] = [];
  const send: NoticeSender = async ({ channelId }) => {
    sent.push(channelId);
    return { ts: '1', channelId };
  };
  for (const wait of [59_000, 999]) {
    clock.advance(wait);
    await deliver(send);
    expect(sent).toEqual([]);
  }
  clock.advance(1);
  await deliver(send);
  await deliver(send);
  expect(sent).toEqual(['CCREDITS']);
});

it('of two workers that send one notice the first decides which message is brought up to date', async () => {
  await post('5.00');
  const [both, first] = [barrier(), barrier()];
  const quick = deliver(async ({ channelId }) => {
    await both.opened;
    return { ts: 'first', channelId };
  }).then(first.open);
  const slow = deliver(async ({ channelId }) => {
    both.open();
    await first.opened;
    return { ts: 'second', channelId };
  });
  await Promise.all([quick, slow]);
  expect(await noticeNow()).toMatchObject({ state: 'sent', messageTs: 'first' });
});

it('what changed while a notice was on its way is sent as well, into the same message', async () => {
  await post('5.00');
  await deliver(async ({ channelId }) => {
    await post('6.00');
    return { ts: '1', channelId };
  });
  expect(await noticeNow()).toMatchObject({ state: 'pending', messageTs: '1' });
  const edited: unknown[] = [];
  await deliver(async ({ channelId, messageTs, facts }) => {
    edited.push([messageTs, 'amount' in facts && facts.amount]);
    return { ts: '1', channelId };
  });
  expect(edited).toEqual([['1', '6.00']]);
  expect(await noticeNow()).toMatchObject({ state: 'sent' });
});

const QUESTION = {
  kind: 'credit_request',
  state: 'open',
  token: 't',
  byUserId: 'UMAX',
  scopeLabel: 'New York',
  amount: '50.00',
  reason: 'calls to Asia',
  bought: null,
  answererIds: [],
  moreAnswerers: 0,
  closedFor: null,
  answer: '',
  answeredBy: null,
  answeredAt: null,
  askedAt: '2026-11-02T09:00:00.000Z',
  timeZone: 'UTC',
} as const;

describe('what cannot wait', () => {
  const toAdmins = async () =>
    (await database.db.notice.findMany({ where: { companyId: acme.companyId }, orderBy: { id: 'asc' } })).map(
      ({ kind, channelId, revision }) => `${kind} ${channelId} ${revision}`,
    );

  it('goes to each company admin where no channel is chosen, is updated there, and says once a day how to mend it', async () => {
    await database.db.noticeChannel.deleteMany({ where: { companyId: acme.companyId } });
    expect(await post('5.00')).toBeNull();
    const first = ['dispute UANA 1', 'no_channel UANA 1', 'dispute ULI 1', 'no_channel ULI 1'];
    expect(await toAdmins()).toEqual(first);
    await post('7.00');
    expect(await toAdmins()).toEqual(first.map((each) => each.replace(/^(dispute .*) 1$/, '$1 2')));
    clock.advance(DAY_MS);
    await post('8.00');
    expect((await toAdmins()).filter((each) => each.startsWith('no_channel'))).toHaveLength(4);
  });

  it('goes to them where its channel cannot be posted to, for good', async () => {
    await post('5.00');
    await deliver(async () => {
      throw new NoticeDeliveryError('is_archived', { permanent: true, isOfChannel: true });
    });
    expect(await toAdmins()).toEqual([
      'dispute CCREDITS 1',
      'dispute UANA 1',
      'no_channel UANA 1',
      'dispute ULI 1',
      'no_channel ULI 1',
    ]);
  });

  it('follows in their messages where a channel takes it by then, but not for who is no admin any more', async () => {
    const { companyId } = acme;
    const channels = await database.db.noticeChannel.findMany({ where: { companyId } });
    await database.db.noticeChannel.deleteMany({ where: { companyId } });
    await post('5.00');
    await database.db.noticeChannel.createMany({ data: channels });
    await database.db.roleAssignment.deleteMany({ where: { companyId, userId: 'ULI' } });
    await post('7.00');
    const disputes = (await toAdmins()).filter((each) => each.startsWith('dispute'));
    expect(disputes).toEqual(['dispute UANA 2', 'dispute ULI 1', 'dispute CCREDITS 1']);
  });

  it('does not go to them where it is the token or the message that Slack refuses', async () => {
    await post('5.00');
    await deliver(async () => {
      throw new NoticeDeliveryError('invalid_auth', { permanent: true });
    });
    expect(await toAdmins()).toEqual(['dispute CCREDITS 1']);
  });

  it('is no question: that goes to those who may answer it, also where its channel takes nothing', async () => {
    await postQuestion(
      database.db,
      {
        companyId: acme.companyId,
        dedupeKey: 'request:1',
        at: clock.now(),
        facts: { ...QUESTION, answererIds: [] },
      },
      { teamId: acme.teamId, userIds: ['ULI'] },
    );
    await deliver(async () => {
      throw new NoticeDeliveryError('is_archived', { permanent: true, isOfChannel: true });
    });
    expect(await toAdmins()).toEqual([
      'credit_request CCREDITS 1',
      'credit_request ULI 1',
      'no_channel UANA 1',
      'no_channel ULI 1',
    ]);
  });

  it('is all that goes to them', async () => {
    await database.db.noticeChannel.deleteMany({ where: { companyId: acme.companyId } });
    await postNotice(database.db, {
      companyId: acme.companyId,
      dedupeKey: 'settings:1',
      at: clock.now(),
      facts: { kind: 'settings', byUserId: null, changes: [] },
    });
    expect(await toAdmins()).toEqual([]);
  });
});
