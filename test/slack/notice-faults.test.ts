import { WebClient } from '@slack/web-api';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MovableClock } from '../../src/clock.ts';
import { createLogger } from '../../src/log.ts';
import {
  deliverNotice,
  type NoticeSender,
  postNotice,
  resendNotice,
  sweepNotices,
} from '../../src/notices/index.ts';
import { createNoticeSender } from '../../src/slack/notices/send-notice.ts';
import type { Fault } from '../../src/stand-ins/local-workspace/faults.ts';
import { barrier } from '../support/barrier.ts';
import { type TestCompany, testCompany } from '../support/company.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { BOT_TOKEN, silent, startTestWorkspace, type TestWorkspace } from '../support/slack-workspace.ts';

const GENERAL = 'C0GENERAL01';
const TEAM = 'T0TEST00001';
const startedAt = Date.parse('2026-11-20T10:00:00Z');

let workspace: TestWorkspace;
let database: TestDatabase;
let acme: TestCompany;
let clock: MovableClock;
let client: WebClient;
let send: NoticeSender;
let names = 0;

beforeAll(async () => {
  [workspace, database] = await Promise.all([startTestWorkspace(), freshDatabase()]);
  acme = await testCompany(database.db, { teamId: TEAM });
  await database.db.noticeChannel.updateMany({ data: { channelId: GENERAL } });
  // As the app's own client, which repeats nothing by itself; only its patience is shorter.
  client = new WebClient(BOT_TOKEN, {
    slackApiUrl: workspace.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 400,
    logger: silent,
  });
  send = createNoticeSender({ clientFor: async () => client });
});
afterAll(async () => {
  await workspace?.close();
  await database?.close();
});
beforeEach(() => {
  clock = new MovableClock(0, () => startedAt);
});
afterEach(() => workspace.faults.clear());

type How = 'a new message' | 'an update';

/** A notice that waits to be sent, as a new message or as the update of one that stands in the channel. */
async function waiting(how: How): Promise<{ name: string; deliver(): Promise<void> }> {
  names += 1;
  const [before, name] = [`Before ${names} it`, `Notice ${names} it`];
  const { companyId } = acme;
  const post = (to: string) =>
    postNotice(database.db, {
      companyId,
      dedupeKey: `notice-${names}`,
      at: clock.now(),
      facts: {
        kind: 'settings',
        byUserId: null,
        changes: [{ field: 'company_name', scopeLabel: null, from: 'Acme', to }],
      },
    });
  await post(how === 'an update' ? before : name);
  const { id: noticeId } = await database.db.notice.findFirstOrThrow({ orderBy: { id: 'desc' } });
  const deliver = () =>
    deliverNotice({ db: database.db, clock, log: createLogger('silent'), send }, { companyId, noticeId });
  if (how === 'an update') {
    await deliver();
    await post(name);
  }
  return { name, deliver };
}

/** How often the channel has it. */
const copiesOf = async (name: string): Promise<number> =>
  (await workspace.driver.messages('ana', '#general')).filter(({ text }) => text.includes(name)).length;
const last = () => database.db.notice.findFirstOrThrow({ orderBy: { id: 'desc' } });

/** Lets the time pass that the notice waits, and its job run, until it is sent. */
async function deliverUntilSent(deliver: () => Promise<void>): Promise<void> {
  for (let tries = 0; tries < 4; tries += 1) {
    await deliver();
    const { state, nextAttemptAt } = await last();
    if (state === 'sent') return;
    clock.advance(Math.max(0, (nextAttemptAt?.getTime() ?? 0) - clock.now().getTime()));
  }
  throw new Error('the notice was never sent');
}

const METHOD = { 'a new message': 'chat.postMessage', 'an update': 'chat.update' } as const;
/** What strikes once, and how many messages a new one becomes: two only where Slack had taken it. An update is always one. */
const PASSING: readonly [string, (method: string) => Fault, number][] = [
  ['429 with Retry-After', (method) => ({ kind: 'rate-limit', method, retryAfterSeconds: 30 }), 1],
  ['503 before Slack took it', (method) => ({ kind: 'unavailable', method, when: 'before' }), 1],
  ['503 after Slack took it', (method) => ({ kind: 'unavailable', method, when: 'after' }), 2],
  ['a connection cut before Slack took it', (method) => ({ kind: 'drop', method, when: 'before' }), 1],
  ['a connection cut after Slack took it', (method) => ({ kind: 'drop', method, when: 'after' }), 2],
  ['an internal error of Slack', (method) => ({ kind: 'error', method, error: 'internal_error' }), 1],
];
const HOWS = ['a new message', 'an update'] as const;

describe.each(HOWS)('%s', (how) => {
  const copies = (taken: number): number => (how === 'an update' ? 1 : taken);

  it.each(PASSING)('%s: is delivered, and twice only where Slack had taken it', async (_, fault, taken) => {
    const { name, deliver } = await waiting(how);
    workspace.faults.set(fault(METHOD[how]));
    await deliverUntilSent(deliver);
    expect(await copiesOf(name)).toBe(copies(taken));
    await deliver();
    expect(await copiesOf(name)).toBe(copies(taken));
  });

  it('429 with Retry-After: is left alone for that long', async () => {
    const { name, deliver } = await waiting(how);
    workspace.faults.set({ kind: 'rate-limit', method: METHOD[how], retryAfterSeconds: 30 });
    await deliver();
    clock.advance(29_999);
    await deliver();
    expect(await copiesOf(name)).toBe(0);
    clock.advance(1);
    await deliver();
    expect(await copiesOf(name)).toBe(1);
  });

  it('silence, where Slack takes it all the same: is delivered, twice where it is new', async () => {
    const { name, deliver } = await waiting(how);
    const { opened, open } = barrier();
    workspace.faults.set({ kind: 'slow', method: METHOD[how], until: opened });
    await deliver();
    expect(await last()).toMatchObject({ state: 'pending', attempts: 1 });
    open();
    await workspace.driver.eventually(async () => (await copiesOf(name)) === 1);
    await deliverUntilSent(deliver);
    expect(await copiesOf(name)).toBe(copies(2));
  });

  it('no network at all: is delivered once when it is back', async () => {
    const { name, deliver } = await waiting(how);
    workspace.faults.set({ kind: 'all-down' });
    await deliver();
    workspace.faults.setAllDown(false);
    await deliverUntilSent(deliver);
    expect(await copiesOf(name)).toBe(1);
  });

  it.each(['channel_not_found', 'is_archived', 'not_in_channel', 'token_revoked', 'account_inactive'])(
    '%s: is not tried again by itself, and delivered once when it is sent again',
    async (error) => {
      const { name, deliver } = await waiting(how);
      workspace.faults.set({ kind: 'error', method: METHOD[how], error });
      await deliver();
      const { id, companyId, ...failed } = await last();
      expect(failed).toMatchObject({ state: 'failed', lastError: error, nextAttemptAt: null });
      await deliver();
      expect(await copiesOf(name)).toBe(0);
      await resendNotice(database.db, { companyId, id, at: clock.now() });
      await deliver();
      expect(await copiesOf(name)).toBe(1);
    },
  );

  it('a job that is delivered again does nothing', async () => {
    const { name, deliver } = await waiting(how);
    for (let times = 0; times < 3; times += 1) await deliver();
    expect(await copiesOf(name)).toBe(1);
  });

  it('a restart with the message waiting, its job lost: the sweep finds it, and it is delivered once', async () => {
    const { name, deliver } = await waiting(how);
    await database.db.$executeRaw`DELETE FROM graphile_worker._private_jobs`;
    await sweepNotices({ db: database.db, clock });
    const [job] = await database.db.$queryRaw<{ id: string }[]>`
      SELECT payload->>'noticeId' AS id FROM graphile_worker._private_jobs`;
    expect(job?.id).toBe((await last()).id.toString());
    await deliver();
    expect(await copiesOf(name)).toBe(1);
  });

  it('a process killed after Slack took it and before that was recorded: is delivered, twice where it is new', async () => {
    const { name, deliver } = await waiting(how);
    const { channelId, messageTs, facts, teamId } = await last();
    await send({
      teamId,
      channelId,
      messageTs,
      facts: facts as unknown as Parameters<NoticeSender>[0]['facts'],
    });
    await deliver();
    expect(await copiesOf(name)).toBe(copies(2));
  });
});
