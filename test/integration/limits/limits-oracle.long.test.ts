import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { HOUR_MS } from '../../../src/durations.ts';
import {
  correctUsage,
  type LimitSubject,
  type NewUsage,
  postUsage,
  readSpendingLimits,
  refundUsage,
} from '../../../src/ledger/index.ts';
import { endLimit, setLimit, sweepLimits, watchLimits } from '../../../src/limits/index.ts';
import { dollars, fromMicros, toMicros } from '../../../src/money.ts';
import { testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { LimitsOracle } from '../../support/limits-oracle.ts';
import { numberKey } from '../../support/number-key.ts';

/** Clocks go back on Nov 1, 2026: in New York at two, in Havana from one to midnight. Lord Howe's moved by half an hour. */
const ZONES = ['UTC', 'America/New_York', 'America/Havana', 'Australia/Lord_Howe', 'Asia/Kathmandu'] as const;
const BEGINNINGS = ['2026-10-31T20:00:00Z', '2026-11-29T09:00:00Z', '2027-03-13T22:00:00Z'] as const;

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());

const cents = fc.integer({ min: 0, max: 900 });
const usage = fc.record({
  office: fc.nat(1),
  department: fc.option(fc.nat(1)),
  member: fc.option(fc.nat(1)),
  hoursAgo: fc.oneof(
    fc.double({ min: 0, max: 30, noNaN: true }),
    fc.double({ min: 0, max: 500, noNaN: true }),
  ),
  cents,
});
const levels = fc.constantFrom([50, 80, 100], [100], [1, 33, 100], [75, 90, 100]);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('post' as const),
      usages: fc.array(usage, { minLength: 1, maxLength: 3 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('correct' as const), nth: fc.nat(20), usage }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('refund' as const),
      nth: fc.nat(20),
      part: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      subject: fc.nat(5),
      period: fc.constantFrom('month' as const, 'day' as const),
      amount: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3000 })),
      levels,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const), nth: fc.nat(10) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      hours: fc.double({ min: 0.1, max: 26, noNaN: true }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('zone' as const), zone: fc.constantFrom(...ZONES) }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A company whose every step is done by the app and by the oracle. */
async function createWorld(zone: string, beginsAt: string) {
  const { db } = database;
  const acme = await testCompany(db, { timeZone: zone, pooled: false });
  const { companyId, officeIds } = acme;
  let now = new Date(beginsAt).getTime();
  const clock = new MovableClock(0, () => now);
  const deps = { db, clock };
  const oracle = new LimitsOracle();
  oracle.timeZone = zone;
  const usages: NewUsage[] = [];
  // Limits are of what usage is reported for, whether the directory has it or not; notices need the names.
  const department = async (name: string) =>
    (await db.department.create({ data: { companyId, officeId: officeIds[0], name } })).id;
  const member = async (name: string) =>
    (
      await db.member.create({
        data: { companyId, officeId: officeIds[0], kind: 'person', name, licence: 'talk' },
      })
    ).id;
  const departments = [await department('Sales'), await department('Support')];
  const members = [await member('Bea'), await member('Cal')];
  const office = (n: number): bigint => officeIds[n] ?? 0n;
  const subjects: LimitSubject[] = [
    ...[0, 1].map((n): LimitSubject => ({ kind: 'office', officeId: office(n) })),
    ...departments.map((departmentId): LimitSubject => ({ kind: 'department', departmentId })),
    ...members.map((memberId): LimitSubject => ({ kind: 'member', memberId })),
  ];

  const make = (one: Drawn, externalId: string): NewUsage => ({
    source: 'api',
    externalId,
    officeId: office(one.office),
    departmentId: one.department === null ? null : (departments[one.department] ?? null),
    memberId: one.member === null ? null : (members[one.member] ?? null),
    class: 'calls',
    category: 'international',
    direction: 'outbound',
    externalNumber: '+442071838750',
    internalNumber: '+14155550100',
    usageAt: new Date(Math.floor(now - one.hoursAgo * HOUR_MS)),
    durationMs: 60_000,
    billedSeconds: 60,
    quantity: 1,
    price: null,
    cost: dollars(String(one.cents)).dividedBy(100),
  });
  function note(booked: NewUsage): void {
    oracle.usages.set(booked.externalId, {
      officeId: booked.officeId ?? 0n,
      departmentId: booked.departmentId,
      memberId: booked.memberId,
      usageAt: booked.usageAt,
      costMicros: toMicros(booked.cost),
    });
  }
  /** Runs the job that was woken, as the queue does. */
  async function react(): Promise<void> {
    const key = `watch-limits:${companyId}`;
    const jobs = await db.$queryRaw<unknown[]>`SELECT FROM graphile_worker.jobs WHERE jobs.key = ${key}`;
    if (jobs.length > 0) await db.$executeRaw`SELECT graphile_worker.remove_job(${key})`;
    if (jobs.length > 0) await watchLimits(deps, { companyId });
  }

  async function take(each: Step, index: number): Promise<void> {
    switch (each.kind) {
      case 'post': {
        const made = each.usages.map((one, n) => make(one, `usage-${index}-${n}`));
        const answers = await postUsage(db, { numberKey, companyId, at: clock.now(), records: made });
        expect(answers.every(({ outcome }) => outcome === 'posted')).toBe(true);
        usages.push(...made);
        for (const booked of made) note(booked);
        break;
      }
      case 'correct': {
        const at = each.nth % Math.max(usages.length, 1);
        const old = usages[at];
        if (old === undefined) return;
        const next = make(each.usage, old.externalId);
        usages[at] = next;
        const why = { key: `correct-${index}`, actor: 'test', reason: 'Test', at: clock.now() };
        await correctUsage(db, { numberKey, companyId, usage: next, ...why });
        note(next);
        break;
      }
      case 'refund': {
        const at = each.nth % Math.max(usages.length, 1);
        const old = usages[at];
        if (old === undefined || old.cost.isZero()) return;
        const amount = fromMicros(toMicros(old.cost) / BigInt(each.part));
        const why = { key: `refund-${index}`, actor: 'test', reason: 'Test', at: clock.now() };
        const { source, externalId } = old;
        await refundUsage(db, { companyId, source, externalId, amount, ...why });
        usages[at] = { ...old, cost: old.cost.minus(amount) };
        note(usages[at]);
        break;
      }
      case 'set': {
        const subject = subjects[each.subject] ?? ofNobody();
        const amount = dollars(String(each.amount)).dividedBy(100);
        const choice = { subject, period: each.period, amount, levels: each.levels };
        await setLimit(deps, { companyId, reason: 'Test' }, choice);
        oracle.set({ ...choice, amountMicros: toMicros(amount) }, clock.now());
        break;
      }
      case 'end': {
        const inForce = await readSpendingLimits(db, companyId, clock.now());
        const limit = inForce[each.nth % Math.max(inForce.length, 1)];
        if (limit === undefined) return;
        await endLimit(deps, { companyId, reason: 'Test' }, limit.limitId);
        const known = oracle.limits.get(LimitsOracle.key(limit.subject, limit.period));
        if (known !== undefined) known.isInForce = false;
        break;
      }
      case 'wait':
        now += Math.round(each.hours * HOUR_MS);
        await sweepLimits(deps);
        break;
      case 'zone':
        await db.company.update({ where: { id: companyId }, data: { timeZone: each.zone } });
        oracle.timeZone = each.zone;
        await sweepLimits(deps);
        break;
    }
    await react();
    oracle.judge(clock.now());
  }

  async function compare(message: string): Promise<void> {
    const limits = await readSpendingLimits(db, companyId, clock.now());
    const found = limits.map((limit) => ({
      key: LimitsOracle.key(limit.subject, limit.period),
      spent: toMicros(limit.spent),
      day: limit.day,
      notified: limit.notifiedLevel,
    }));
    const expected = [...oracle.limits].flatMap(([key, limit]) =>
      limit.isInForce
        ? [{ key, spent: oracle.spent(limit, clock.now()), day: limit.day, notified: limit.notified }]
        : [],
    );
    const byKey = (a: { key: string }, b: { key: string }): number => a.key.localeCompare(b.key);
    expect(found.toSorted(byKey), message).toEqual(expected.toSorted(byKey));
  }
  return { take, compare };
}

type Drawn = typeof usage extends fc.Arbitrary<infer T> ? T : never;

function ofNobody(): never {
  throw new RangeError('no such subject');
}

it('what is spent and which levels were notified are what the oracle says, whatever is posted, corrected, refunded and changed', async () => {
  const story = fc.record({
    zone: fc.constantFrom(...ZONES),
    beginsAt: fc.constantFrom(...BEGINNINGS),
    steps: fc.array(step, { minLength: 20, maxLength: 45 }),
  });
  await fc.assert(
    fc.asyncProperty(story, async ({ zone, beginsAt, steps }) => {
      const world = await createWorld(zone, beginsAt);
      for (const [index, each] of steps.entries()) {
        await world.take(each, index);
        await world.compare(`step ${index}, ${each.kind}`);
      }
    }),
    { numRuns: 12, endOnFailure: true },
  );
}, 300_000);
