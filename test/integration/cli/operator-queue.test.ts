import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { createMetrics } from '../../../src/http/metrics.ts';
import { createLogger } from '../../../src/log.ts';
import { type NoticeFacts, postNotice } from '../../../src/notices/index.ts';
import { startWorker } from '../../../src/queue/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { runRefill } from '../../support/run-refill.ts';

let database: TestDatabase;
let company: TestCompany;
const clock = new MovableClock();

beforeAll(async () => {
  database = await freshDatabase();
  company = await testCompany(database.db);
});
afterAll(() => database.close());

async function refill(...args: string[]): Promise<Record<string, unknown> & { status: number }> {
  const { status, stdout } = await runRefill([...args, '--json'], { DATABASE_URL: database.url }, { clock });
  return { status, ...JSON.parse(stdout) };
}

const jobs = async (state: string) =>
  (await refill('job', 'list', '--state', state)).jobs as Record<string, unknown>[];

/** A job that has used up its tries. */
async function addDeadJob(key: string): Promise<string> {
  const { db } = database;
  const [job] = await db.$queryRaw<{ id: bigint }[]>`
    SELECT (graphile_worker.add_job('watch-balance', '{}'::json, job_key => ${key})).id`;
  await db.$executeRaw`SELECT graphile_worker.permanently_fail_jobs(ARRAY[${job?.id ?? 0n}]::bigint[], 'the network was down')`;
  return String(job?.id);
}

describe('a notice that could not be sent', () => {
  it('is listed with the reason and resent in the channel of now, once; who did it is in the audit', async () => {
    const { db } = database;
    const { companyId } = company;
    const facts: NoticeFacts = {
      kind: 'card_expiring',
      brand: 'visa',
      last4: '4242',
      expMonth: 12,
      expYear: 2026,
    };
    await db.noticeChannel.deleteMany({ where: { companyId } });
    await db.noticeChannel.create({
      data: { companyId, kind: 'any', teamId: company.teamId, channelId: 'COLD' },
    });
    await postNotice(db, { companyId, dedupeKey: 'failed', facts, at: clock.now() });
    await db.notice.updateMany({
      where: { companyId },
      data: { state: 'failed', lastError: 'channel_not_found' },
    });
    await db.noticeChannel.updateMany({ where: { companyId }, data: { channelId: 'CNEW' } });
    const { notices } = await refill('notice', 'list', '--company', String(companyId), '--state', 'failed');
    expect(notices).toMatchObject([{ channelId: 'COLD', state: 'failed', lastError: 'channel_not_found' }]);
    const [{ id = '' } = {}] = notices as { id?: string }[];
    const resend = () => refill('notice', 'resend', '--company', String(companyId), id, '--as', 'anna');
    expect(await resend()).toMatchObject({ status: 0, channelId: 'CNEW' });
    expect(await resend()).toMatchObject({ status: 1, error: { code: 'notice-not-failed' } });
    expect(await db.notice.findMany({ where: { companyId } })).toMatchObject([
      { channelId: 'CNEW', state: 'pending', attempts: 0 },
    ]);
    expect((await jobs('waiting')).map(({ key }) => key)).toContain(`deliver-notice:${companyId}:${id}`);
    const { entries } = await refill('audit', 'list', '--company', String(companyId), '--by', 'anna');
    expect(entries).toMatchObject([
      { action: 'notice-resent', actor: 'operator:anna', details: { channel: 'CNEW' } },
    ]);
  });
});

describe('a job that is not tried again', () => {
  it('is listed first with its error, retried with all of its tries, or removed', async () => {
    const first = await addDeadJob('first');
    const second = await addDeadJob('second');
    expect((await jobs('dead')).map(({ id, lastError }) => [id, lastError])).toEqual([
      [first, 'the network was down'],
      [second, 'the network was down'],
    ]);
    expect(await refill('job', 'retry', first)).toMatchObject({ status: 0 });
    expect(await jobs('waiting')).toContainEqual(expect.objectContaining({ id: first, attempts: 0 }));
    expect(await refill('job', 'purge', '--job', first)).toMatchObject({
      status: 1,
      error: { code: 'job-unknown' },
    });
    expect(await refill('job', 'purge')).toMatchObject({ status: 2 });
    expect(await refill('job', 'purge', '--all')).toMatchObject({ status: 0, removed: 1 });
    expect(await jobs('dead')).toEqual([]);
  });

  it('is none of those that another replaced while their worker died', async () => {
    const { db } = database;
    const add = () =>
      db.$executeRaw`SELECT graphile_worker.add_job('no-such-task', '{}'::json, job_key => 'replaced')`;
    await add();
    await db.$executeRaw`
      UPDATE graphile_worker._private_jobs SET locked_by = 'killed', locked_at = clock_timestamp() - interval '1 minute'
      WHERE key = 'replaced'`;
    await add();
    expect((await jobs('running')).map(({ key }) => key)).toEqual([null]);
    const worker = startWorker({
      databaseUrl: database.url,
      handlers: {} as never,
      log: createLogger('silent'),
      concurrency: 1,
    });
    try {
      await vi.waitFor(async () => {
        expect(await jobs('running')).toEqual([]);
        expect(await jobs('dead')).toEqual([]);
      }, 60_000);
    } finally {
      await worker.stop();
    }
    expect(await createMetrics({ db, clock }).read()).toMatch(/^refill_jobs_dead 0$/m);
    expect((await jobs('waiting')).map(({ key }) => key)).toContain('replaced');
  });
});

it('usage without a rate is listed with its time, so that rates can be imported from the oldest day on', async () => {
  const { companyId } = company;
  const waits = (externalId: string, usageAt: string) => ({
    companyId,
    source: 'api',
    externalId,
    reason: 'unrated',
    message: 'no rates are in force at that time',
    event: { usageAt },
    receivedAt: clock.now(),
    nextAttemptAt: clock.now(),
  });
  await database.db.usageInbox.createMany({
    data: [waits('late', '2026-11-30T10:00:00.000Z'), waits('early', '2026-01-30T23:59:00.000Z')],
  });
  const list = async (what: string) =>
    (
      await runRefill(
        ['usage', what, '--company', String(companyId)],
        { DATABASE_URL: database.url },
        { clock },
      )
    ).stdout;
  expect(await list('unrated')).toMatch(
    / {2}2026-01-30T23:59Z {2}api early .*Without a rate: 2, the oldest of 2026-01-30 \(UTC\)\./s,
  );
  expect(await list('inbox')).toContain('unrated  2026-11-30T10:00Z  api late');
});
