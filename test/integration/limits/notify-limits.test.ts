import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { type LimitSubject, placeHold, postUsage } from '../../../src/ledger/index.ts';
import { endLimit, listLimitsFor, setLimit, sweepLimits, watchLimits } from '../../../src/limits/index.ts';
import { dollars } from '../../../src/money.ts';
import { type NoticeFacts, noticeFacts } from '../../../src/notices/index.ts';
import { findPerson, type Person } from '../../../src/org/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { numberKey } from '../../support/number-key.ts';

type LimitFacts = Extract<NoticeFacts, { kind: 'spending_limit' }>;

let database: TestDatabase;
let now: Date;
let acme: TestCompany;
let bea: { id: bigint; officeId: bigint };
let calls = 0;
const clock = new MovableClock(0, () => now.getTime());

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());
beforeEach(async () => {
  now = new Date('2026-11-16T20:00:00Z');
  acme = await testCompany(database.db, { pooled: false });
  const { companyId, officeIds } = acme;
  bea = await database.db.member.create({
    data: {
      companyId,
      officeId: officeIds[0],
      kind: 'person',
      name: 'Bea Berg',
      licence: 'talk',
      slackUserId: 'UBEA',
    },
  });
});

const deps = () => ({ db: database.db, clock });
const office = (n: 0 | 1 = 0): LimitSubject => ({ kind: 'office', officeId: acme.officeIds[n] ?? 0n });
const person = (): LimitSubject => ({ kind: 'member', memberId: bea.id });
const set = (subject: LimitSubject, amount: string, by: Person = acme.ana) =>
  setLimit(deps(), { person: by }, { subject, period: 'month', amount: dollars(amount), levels: [50, 80] });

async function grantRole(
  userId: string,
  role: 'office_admin' | 'manager',
  officeId: bigint,
): Promise<Person> {
  const { companyId, teamId } = acme;
  await database.db.roleAssignment.create({
    data: { companyId, teamId, userId, role, officeId, grantedBy: 'test', grantedAt: now },
  });
  return await personOf(userId);
}

async function personOf(userId: string): Promise<Person> {
  const found = await findPerson(database.db, { teamId: acme.teamId, userId });
  if (found === null) throw new Error(`${userId} is nobody there`);
  return found;
}

/** Posts a usage of Bea's and runs the job that it woke, if any. */
async function spend(amount: string): Promise<void> {
  const { companyId, officeIds } = acme;
  calls += 1;
  const facts = {
    source: 'api' as const,
    class: 'calls' as const,
    category: 'international',
    direction: 'outbound' as const,
    externalNumber: '+442071838750',
    internalNumber: '+14155550100',
    durationMs: 60_000,
    billedSeconds: 60,
    quantity: 1,
    price: null,
  };
  const record = {
    ...facts,
    externalId: `call-${calls}`,
    officeId: officeIds[0],
    departmentId: null,
    memberId: bea.id,
    usageAt: now,
    cost: dollars(amount),
  };
  await postUsage(database.db, { numberKey, companyId, at: now, records: [record] });
  await react();
}

async function react(): Promise<void> {
  const key = `watch-limits:${acme.companyId}`;
  const jobs = await database.db.$queryRaw<
    unknown[]
  >`SELECT FROM graphile_worker.jobs WHERE jobs.key = ${key}`;
  if (jobs.length === 0) return;
  await database.db.$executeRaw`SELECT graphile_worker.remove_job(${key})`;
  await watchLimits(deps(), { companyId: acme.companyId });
}

/** The messages about limits, oldest first: where each stands and what it says. */
async function messages(): Promise<{ to: string; facts: LimitFacts; revision: number }[]> {
  const rows = await database.db.notice.findMany({
    where: { companyId: acme.companyId, kind: 'spending_limit' },
    orderBy: { id: 'asc' },
  });
  return rows.flatMap(({ channelId, facts, revision }) => {
    const read = noticeFacts.parse(facts);
    return read.kind === 'spending_limit' ? [{ to: channelId, facts: read, revision }] : [];
  });
}
const levels = async () => (await messages()).map(({ to, facts }) => `${to} ${facts.level}`);

describe('a level of a spending limit', () => {
  it('is notified once, of several the highest alone, in one message that follows; the limit itself in one of its own', async () => {
    await set(office(), '100');
    await spend('49.99');
    expect(await levels()).toEqual([]);
    await spend('0.01');
    await spend('1');
    expect(await levels()).toEqual(['CCREDITS 50']);
    await spend('40');
    expect(await levels()).toEqual(['CCREDITS 80']);
    await spend('10');
    await spend('10');
    expect(await levels()).toEqual(['CCREDITS 80', 'CCREDITS 100']);
    expect((await messages())[1]?.facts).toMatchObject({
      label: 'San Francisco',
      amount: '100.00',
      spent: '101.000000',
      percent: 101,
      admins: ['UANA', 'ULI'],
    });
  });

  it('is notified again in the next month, and not of what came before', async () => {
    await set(office(), '10');
    await spend('10');
    now = new Date('2026-12-02T20:00:00Z');
    await sweepLimits(deps());
    await react();
    expect(await levels()).toEqual(['CCREDITS 100']);
    await spend('6');
    expect(await levels()).toEqual(['CCREDITS 100', 'CCREDITS 50']);
  });

  it('is found by the sweep where the wake-up was lost', async () => {
    await set(office(), '10');
    await spend('1');
    await database.db
      .$executeRaw`UPDATE spending_limit SET spent_micros = 5000000 WHERE company_id = ${acme.companyId}`;
    expect(await levels()).toEqual([]);
    await sweepLimits(deps());
    await react();
    expect(await levels()).toEqual(['CCREDITS 50']);
  });

  it('of a person goes to them, too, without amounts', async () => {
    await set(person(), '10');
    await spend('8');
    expect(await levels()).toEqual(['CCREDITS 80', 'UBEA 80']);
    const own = (await messages())[1]?.facts;
    expect(own).toMatchObject({ isOwn: true, percent: 80, amount: null, spent: null, label: '' });
  });

  it('goes to the admins by direct message where there is no channel', async () => {
    await database.db.noticeChannel.deleteMany({ where: { companyId: acme.companyId } });
    await grantRole('UOLE', 'office_admin', acme.officeIds[0]);
    await grantRole('UNEA', 'office_admin', acme.officeIds[1] ?? 0n);
    await set(office(), '10');
    await spend('6');
    expect(await levels()).toEqual([]);
    await spend('6');
    expect(await levels()).toEqual(['UANA 100', 'ULI 100', 'UOLE 100']);
  });
});

describe('a limit that is changed', () => {
  it('is judged at once by what was spent before, and its messages say what is in force', async () => {
    await spend('12');
    await set(office(), '10');
    expect(await levels()).toEqual(['CCREDITS 100']);
    await set(office(), '20');
    const [first, second] = await messages();
    expect(first?.facts.changed).toEqual({
      byUserId: 'UANA',
      isEnded: false,
      isReached: false,
      amount: '20.00',
    });
    expect(second).toBeUndefined();
    await spend('4');
    expect(await levels()).toEqual(['CCREDITS 100', 'CCREDITS 80']);
    await spend('4');
    expect(await levels()).toEqual(['CCREDITS 100', 'CCREDITS 80', 'CCREDITS 100']);
  });

  it('to less than was spent says that it is reached, in the message that told so before', async () => {
    await spend('12');
    await set(office(), '10');
    await set(office(), '9');
    expect((await messages()).map(({ facts }) => facts.changed)).toEqual([
      { byUserId: 'UANA', isEnded: false, isReached: true, amount: '9.00' },
    ]);
  });

  it('by the same amount stays as it is', async () => {
    await spend('12');
    await set(office(), '10');
    const [before] = await messages();
    await set(office(), '10.00', acme.li);
    expect(await messages()).toEqual([before]);
    expect(
      await database.db.audit.count({ where: { companyId: acme.companyId, action: 'spending-limit-set' } }),
    ).toBe(1);
  });

  it('and ended says so, and limits nothing any more', async () => {
    const { limitId } = await set(office(), '0');
    await spend('1');
    expect(await levels()).toEqual(['CCREDITS 100']);
    await endLimit(deps(), { person: acme.li }, limitId);
    expect((await messages())[0]?.facts.changed).toEqual({
      byUserId: 'ULI',
      isEnded: true,
      isReached: false,
      amount: null,
    });
    await spend('100');
    expect(await levels()).toEqual(['CCREDITS 100']);
    await expect(endLimit(deps(), { person: acme.li }, limitId)).rejects.toMatchObject({
      code: 'limit-unknown',
    });
  });

  it('keeps who, when and from where, by person and by operator', async () => {
    const { limitId } = await set(office(), '10');
    await endLimit(deps(), { companyId: acme.companyId, reason: 'Asked by phone' }, limitId);
    const audits = await database.db.audit.findMany({
      where: { companyId: acme.companyId },
      orderBy: { id: 'asc' },
    });
    expect(
      audits.map(({ actor, action, reason, details }) => ({ actor, action, reason, details })),
    ).toMatchObject([
      {
        actor: `${acme.teamId}/UANA`,
        action: 'spending-limit-set',
        details: { name: 'San Francisco', to: '10.00' },
      },
      {
        actor: 'operator',
        action: 'spending-limit-ended',
        reason: 'Asked by phone',
        details: { from: '10.00' },
      },
    ]);
  });
});

describe('who may', () => {
  it('company admins limit all; office admins their office and its people, and nothing else; the role is read under the lock', async () => {
    const ole = await grantRole('UOLE', 'office_admin', acme.officeIds[0]);
    await set(office(), '10', ole);
    await set(person(), '10', ole);
    await expect(set(office(1), '10', ole)).rejects.toMatchObject({ code: 'not-allowed' });
    await database.db.member.updateMany({
      where: { id: bea.id },
      data: { officeId: acme.officeIds[1] ?? 0n },
    });
    await expect(set(person(), '20', ole)).rejects.toMatchObject({ code: 'not-allowed' });
    await database.db.roleAssignment.deleteMany({ where: { userId: 'UOLE', companyId: acme.companyId } });
    await expect(set(office(), '20', ole)).rejects.toMatchObject({ code: 'not-allowed' });
    const meg = await grantRole('UMEG', 'manager', acme.officeIds[0]);
    await expect(set(office(), '20', meg)).rejects.toMatchObject({ code: 'not-allowed' });
  });

  it('each sees the limits of whose usage they see, and their own in per cent', async () => {
    await set(office(), '10');
    await set(office(1), '10');
    await set(person(), '10');
    await spend('3');
    const seen = async (who: Person) => {
      const { limits, own } = await listLimitsFor(database.db, who, now);
      return [
        ...limits.map(({ named, mayChange }) => `${named.name}${mayChange ? ' +' : ''}`),
        ...own.map((o) => `own ${o.percent}%`),
      ];
    };
    expect(await seen(acme.ana)).toEqual(['New York +', 'San Francisco +', 'Bea Berg +']);
    expect(await seen(await grantRole('UOLE', 'office_admin', acme.officeIds[0]))).toEqual([
      'San Francisco +',
      'Bea Berg +',
    ]);
    expect(await seen(await grantRole('UMEG', 'manager', acme.officeIds[0]))).toEqual([
      'San Francisco',
      'Bea Berg',
    ]);
    expect(await seen(await personOf('UBEA'))).toEqual(['own 30%']);
  });

  it('limits nobody of another company, and no amount below nothing', async () => {
    const other = await testCompany(database.db);
    const theirs: LimitSubject = { kind: 'office', officeId: other.officeIds[0] };
    await expect(set(theirs, '10')).rejects.toMatchObject({ code: 'place-unknown' });
    await expect(set(office(), '-1')).rejects.toMatchObject({ code: 'bad-facts' });
    await expect(set(office(), '1.001')).rejects.toMatchObject({ code: 'bad-facts' });
  });
});

it('a limit that is reached is an event for the phone system, with its own ids; early levels are none', async () => {
  const { companyId, officeIds } = acme;
  const { db } = database;
  await db.member.updateMany({ where: { id: bea.id }, data: { externalRef: '5001' } });
  await db.office.updateMany({ where: { companyId, id: officeIds[0] }, data: { externalRef: '77' } });
  await db.eventEndpoint.create({
    data: {
      id: `ep_${companyId}`,
      companyId,
      url: 'https://phones.example.com/refill',
      secretEncrypted: 'none',
      createdAt: now,
      nextPingAt: now,
    },
  });
  await set(person(), '10');
  await spend('9');
  expect(await db.outgoingEvent.count({ where: { companyId } })).toBe(0);
  await spend('3.5');
  const events = await db.outgoingEvent.findMany({ where: { companyId } });
  expect(events.map(({ type, data }) => ({ type, data }))).toEqual([
    {
      type: 'limit.reached',
      data: {
        office: '77',
        office_name: 'San Francisco',
        is_shared: false,
        scope: 'member',
        id: '5001',
        percent: 125,
        spent: '12.5',
        limit: '10',
      },
    },
  ]);
});

it('says that paid usage is paused where the phone system enforces it, and that it goes on where it does not', async () => {
  const { companyId } = acme;
  await set(office(), '10');
  await spend('10');
  await database.db.enforcement.create({ data: { companyId, isSet: true, holdAskedAt: now } });
  await set(office(), '20');
  await spend('10');
  expect((await messages()).map(({ facts }) => facts.isEnforced)).toEqual([false, true]);
});

it('a hold is refused by the limit of its person, as it stands after the last change', async () => {
  const { companyId, officeIds } = acme;
  await set(person(), '10');
  const hold = (key: string) =>
    placeHold(database.db, {
      companyId,
      key,
      officeId: officeIds[0],
      memberId: bea.id,
      class: 'calls',
      amount: dollars('11'),
      expiresAt: new Date(now.getTime() + 60_000),
      at: now,
    });
  expect(await hold('call')).toMatchObject({ outcome: 'refused', limit: 'spending_limit' });
  await set(person(), '11');
  // There are no credits: what refuses it now is not the limit.
  expect(await hold('call')).toEqual({ outcome: 'refused' });
});
