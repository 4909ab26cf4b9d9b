import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import type { Role } from '../../../src/db/index.ts';
import { DAY_MS } from '../../../src/durations.ts';
import { writeQuietHours } from '../../../src/notices/index.ts';
import { findPerson, type Person } from '../../../src/org/index.ts';
import {
  endSchedule,
  listSchedules,
  type ScheduleChoice,
  scheduleExport,
  sweepSchedules,
} from '../../../src/usage/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

/** A Wednesday, in the morning of Los Angeles. */
const startedAt = Date.parse('2026-11-11T18:00:00Z');
let clock: MovableClock;
let database: TestDatabase;
let acme: TestCompany;

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());
beforeEach(async () => {
  clock = new MovableClock(0, () => startedAt);
  acme = await testCompany(database.db);
});

const deps = () => ({ db: database.db, clock });
const sweep = () => sweepSchedules(deps());
const weekly = (changed: Partial<ScheduleChoice> = {}): ScheduleChoice => ({
  every: 'week',
  toUserId: 'UANA',
  toChannel: null,
  officeIds: [],
  categories: [],
  ...changed,
});
const schedule = (choice: ScheduleChoice, person: Person = acme.ana) =>
  scheduleExport(deps(), person, choice);

const made = async () => {
  const rows = await database.db.usageExport.findMany({
    where: { companyId: acme.companyId },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ userId, toChannel, filter, state, fileName, scheduledBy }) => ({
    userId,
    toChannel,
    state,
    fileName,
    scheduledBy,
    from: (filter as { from: string }).from,
  }));
};

async function grant(userId: string, role: Role, officeId: bigint | null = null): Promise<Person> {
  await database.db.roleAssignment.create({
    data: {
      companyId: acme.companyId,
      teamId: acme.teamId,
      userId,
      role,
      officeId,
      grantedBy: 'test',
      grantedAt: clock.now(),
    },
  });
  const person = await findPerson(database.db, { teamId: acme.teamId, userId });
  if (person === null) throw new Error('a role makes somebody of them');
  return person;
}

describe('a scheduled export', () => {
  it('is made once a week, on Monday at nine in the company’s zone, of the week before', async () => {
    await schedule(weekly());
    clock.advance(Date.parse('2026-11-16T16:59:59.999Z') - startedAt);
    await sweep();
    expect(await made()).toEqual([]);
    clock.advance(1);
    await Promise.all([sweep(), sweep(), sweep()]);
    await sweep();
    expect(await made()).toEqual([
      {
        userId: 'UANA',
        toChannel: null,
        state: 'queued',
        scheduledBy: 'UANA',
        fileName: 'usage-2026-11-09-to-2026-11-15.csv',
        from: '2026-11-09T08:00:00.000Z',
      },
    ]);
    clock.advance(7 * DAY_MS);
    await sweep();
    expect((await made()).map(({ from }) => from.slice(0, 10))).toEqual(['2026-11-09', '2026-11-16']);
  });

  it('is made once a month, on the first, of the month before', async () => {
    await schedule(weekly({ every: 'month' }));
    clock.advance(Date.parse('2026-12-01T17:00:00Z') - startedAt);
    await sweep();
    expect((await made()).map(({ fileName }) => fileName)).toEqual(['usage-2026-11-01-to-2026-11-30.csv']);
  });

  it('after an outage of weeks makes up for the last period alone, and goes on as before', async () => {
    await schedule(weekly());
    clock.advance(24 * DAY_MS);
    await sweep();
    await sweep();
    expect((await made()).map(({ from }) => from.slice(0, 10))).toEqual(['2026-11-23']);
    clock.advance(3 * DAY_MS);
    await sweep();
    expect((await made()).map(({ from }) => from.slice(0, 10))).toEqual(['2026-11-23', '2026-11-30']);
  });

  it('of a channel goes there, once quiet hours are over', async () => {
    await schedule(weekly({ toUserId: null, toChannel: 'CUSAGE' }));
    const hours = { from: '08:00', to: '12:00', days: [1], timeZone: 'America/Los_Angeles' };
    await writeQuietHours(database.db, acme.companyId, hours);
    clock.advance(Date.parse('2026-11-16T19:00:00Z') - startedAt);
    await sweep();
    expect(await made()).toEqual([]);
    clock.advance(3_600_000);
    await sweep();
    expect(await made()).toMatchObject([{ toChannel: 'CUSAGE', userId: 'UANA' }]);
  });

  it.each(['owner', 'recipient'])(
    'ends where its %s lost the role, and the admins hear of it',
    async (which) => {
      const marco = await grant('UMARCO', 'manager', acme.officeIds[0]);
      const [by, to] = which === 'owner' ? [marco, 'UANA'] : [acme.ana, 'UMARCO'];
      const officeIds = [acme.officeIds[0]];
      expect(await schedule(weekly({ toUserId: to, officeIds }), by)).toMatchObject({ outcome: 'scheduled' });
      await database.db.roleAssignment.deleteMany({
        where: { companyId: acme.companyId, userId: 'UMARCO' },
      });
      clock.advance(7 * DAY_MS);
      await sweep();
      await sweep();
      expect(await made()).toEqual([]);
      expect(await listSchedules(database.db, acme.ana)).toEqual([]);
      const notices = await database.db.notice.findMany({ where: { companyId: acme.companyId } });
      expect(notices.map(({ kind, channelId }) => `${kind} ${channelId}`).toSorted()).toEqual([
        'export_schedule UANA',
        'export_schedule ULI',
      ]);
    },
  );

  it('is set up by who may export that usage, for who may see it', async () => {
    const [home, branch = 0n] = acme.officeIds;
    const marco = await grant('UMARCO', 'manager', home);
    await expect(schedule(weekly({ officeIds: [branch] }), marco)).rejects.toMatchObject({
      code: 'not-allowed',
    });
    for (const choice of [{ toUserId: 'UNOBODY' }, { toUserId: 'UMARCO', officeIds: [branch] }])
      expect(await schedule(weekly(choice))).toEqual({ outcome: 'recipient' });
    expect(await listSchedules(database.db, acme.ana)).toEqual([]);
  });

  it('is one of 50 at most of a company, whatever other companies have', async () => {
    const others = await testCompany(database.db);
    await scheduleExport(deps(), others.ana, weekly());
    const {
      id: _,
      companyId: __,
      ...row
    } = await database.db.exportSchedule.findFirstOrThrow({
      where: { companyId: others.companyId },
    });
    await database.db.exportSchedule.createMany({
      data: Array.from({ length: 49 }, () => ({ ...row, companyId: acme.companyId, teamId: acme.teamId })),
    });
    expect(await schedule(weekly())).toMatchObject({ outcome: 'scheduled' });
    expect(await schedule(weekly())).toEqual({ outcome: 'too_many' });
    expect(await scheduleExport(deps(), others.ana, weekly())).toMatchObject({ outcome: 'scheduled' });
  });

  it('is listed for and ended by its owner and company admins, and no one else', async () => {
    const marco = await grant('UMARCO', 'manager', acme.officeIds[0]);
    await schedule(weekly());
    await schedule(weekly({ toUserId: 'UMARCO' }), marco);
    const [own] = await listSchedules(database.db, marco);
    expect(await listSchedules(database.db, marco)).toHaveLength(1);
    const all = await listSchedules(database.db, acme.li);
    expect(all).toHaveLength(2);
    await expect(endSchedule(deps(), marco, all[0]?.id ?? 0n)).rejects.toMatchObject({ code: 'not-allowed' });
    await endSchedule(deps(), acme.li, own?.id ?? 0n);
    await endSchedule(deps(), acme.li, own?.id ?? 0n);
    expect(await listSchedules(database.db, acme.li)).toHaveLength(1);
    const audit = await database.db.audit.findMany({ where: { companyId: acme.companyId } });
    expect(audit.map(({ action }) => action)).toEqual([
      'export-scheduled',
      'export-scheduled',
      'export-schedule-ended',
    ]);
  });
});
