import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scheduleDigest } from '../../../src/billing/settings/schedule-digest.ts';
import { MovableClock } from '../../../src/clock.ts';
import type { DigestPeriod } from '../../../src/db/index.ts';
import { inTransaction } from '../../../src/db/index.ts';
import { type NewUsage, postUsage } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import type { NoticeFacts } from '../../../src/notices/index.ts';
import { sweepDigests } from '../../../src/slack/features/usage/sweep-digests.ts';
import { renderNotice } from '../../../src/slack/notices/render-notice.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { numberKey } from '../../support/number-key.ts';

const TIME_ZONE = 'America/Los_Angeles';

let database: TestDatabase;
let company: TestCompany;
const clock = new MovableClock(0, () => Date.parse('2026-11-30T18:00:00Z'));

beforeAll(async () => {
  database = await freshDatabase();
  company = await testCompany(database.db, { pooled: false });
  const { companyId, teamId } = company;
  await database.db.noticeChannel.deleteMany({ where: { companyId } });
  await database.db.noticeChannel.create({ data: { companyId, kind: 'any', teamId, channelId: 'CDIGEST' } });
});
afterAll(() => database.close());

let calls = 0;
async function use(at: string, cost: string, of: Partial<NewUsage> = {}): Promise<void> {
  calls += 1;
  const record: NewUsage = {
    source: 'api',
    externalId: `call-${calls}`,
    officeId: company.officeIds[0],
    departmentId: null,
    memberId: null,
    class: 'calls',
    category: 'international',
    direction: 'outbound',
    externalNumber: '+442079460000',
    internalNumber: null,
    usageAt: new Date(at),
    durationMs: 60_000,
    billedSeconds: 60,
    quantity: 1,
    cost: dollars(cost),
    price: null,
    ...of,
  };
  await postUsage(database.db, {
    numberKey,
    companyId: company.companyId,
    at: new Date(at),
    records: [record],
  });
}

const schedule = (every: DigestPeriod | null, at: Date) =>
  inTransaction(database.db, (tx) =>
    scheduleDigest(tx, { id: company.companyId, timeZone: TIME_ZONE }, every, at),
  );

async function digests(): Promise<NoticeFacts[]> {
  const rows = await database.db.notice.findMany({
    where: { companyId: company.companyId, kind: 'digest' },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ facts }) => facts as unknown as NoticeFacts);
}

describe('the digest of a week', () => {
  it('sums Monday to Sunday of the company’s zone by type and office beside the week before, once, and not before it is due', async () => {
    const [main, branch] = company.officeIds;
    // The week before: its first and last minute.
    await use('2026-11-16T08:00:00Z', '10');
    await use('2026-11-23T07:59:00Z', '6', { officeId: branch ?? null });
    // The week.
    await use('2026-11-23T08:00:00Z', '4.5', { officeId: main ?? null });
    await use('2026-11-28T12:00:00Z', '20', { officeId: branch ?? null });
    await use('2026-11-30T07:59:00Z', '1.5', { category: 'sms' });
    // After it.
    await use('2026-11-30T08:00:00Z', '99');
    await schedule('week', new Date('2026-11-25T00:00:00Z'));
    const early = new MovableClock(0, () => Date.parse('2026-11-30T16:59:00Z'));
    await sweepDigests({ db: database.db, clock: early });
    expect(await digests()).toEqual([]);
    await Promise.all([sweepDigests({ db: database.db, clock }), sweepDigests({ db: database.db, clock })]);
    await sweepDigests({ db: database.db, clock });
    const all = await digests();
    expect(all).toMatchObject([
      {
        every: 'week',
        from: '2026-11-23T08:00:00.000Z',
        to: '2026-11-30T08:00:00.000Z',
        cost: '26',
        before: '16',
        kinds: [
          { category: 'international', cost: '24.5', before: '16' },
          { category: 'sms', cost: '1.5', before: '0' },
        ],
        offices: [
          { cost: '20', before: '6' },
          { cost: '6', before: '10' },
        ],
        movers: [
          { category: 'international', cost: '20', before: '6' },
          { category: 'international', cost: '4.5', before: '10' },
          { category: 'sms', cost: '1.5', before: '0' },
        ],
      },
    ]);
    const [facts] = all;
    if (facts === undefined) throw new Error('no digest');
    const { text, blocks } = renderNotice(facts);
    expect(text).toMatch(/^:bar_chart: \*Nov 23–29, 2026: \$26\.00\*, up 63% from the week before\n/);
    expect(text).toMatch(/International calls.* \$24\.50 · SMS.* \$1\.50/);
    expect(text).toMatch(/\*Changed most:\* International.* in .* up \$14\.00 · .* down \$5\.50/);
    expect(text).toMatch(/overdrawn by \$/);
    expect(blocks.map(({ type }) => type)).toEqual(['section', 'data_visualization', 'actions']);
    const { nextAt } = await database.db.digestSchedule.findUniqueOrThrow({
      where: { companyId: company.companyId },
    });
    expect(nextAt).toEqual(new Date('2026-12-07T17:00:00Z'));
  });

  it('that was missed while nothing ran is posted late, and only the last one', async () => {
    const before = (await digests()).length;
    const late = new MovableClock(0, () => Date.parse('2026-12-16T20:00:00Z'));
    await use('2026-12-08T20:00:00Z', '3');
    await sweepDigests({ db: database.db, clock: late });
    const all = await digests();
    expect(all).toHaveLength(before + 1);
    expect(all.at(-1)).toMatchObject({ from: '2026-12-07T08:00:00.000Z', cost: '3', before: '99' });
  });

  it('is posted neither once it is switched off nor for weeks without usage', async () => {
    const before = (await digests()).length;
    const quiet = new MovableClock(0, () => Date.parse('2027-02-08T20:00:00Z'));
    await sweepDigests({ db: database.db, clock: quiet });
    await schedule(null, quiet.now());
    quiet.advance(30 * 86_400_000);
    await sweepDigests({ db: database.db, clock: quiet });
    expect(await digests()).toHaveLength(before);
  });
});

describe('the digest of a month', () => {
  it('compares whole months of the company’s zone', async () => {
    await schedule('month', new Date('2026-11-30T18:00:00Z'));
    const first = new MovableClock(0, () => Date.parse('2026-12-01T17:00:00Z'));
    await sweepDigests({ db: database.db, clock: first });
    expect((await digests()).at(-1)).toMatchObject({
      every: 'month',
      from: '2026-11-01T07:00:00.000Z',
      to: '2026-12-01T08:00:00.000Z',
      cost: '141',
      before: '0',
    });
  });
});
