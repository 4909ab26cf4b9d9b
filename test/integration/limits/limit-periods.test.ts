import { afterAll, beforeAll, expect, it } from 'vitest';
import { dayOf, daysPeriod, monthAround } from '../../../src/calendar.ts';
import { HOUR_MS } from '../../../src/durations.ts';
import { type LimitPeriod, readSpendingLimits, setSpendingLimit } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';

/** Zones whose clocks repeat midnight (Havana), skip it (Santiago, Cairo), go back at it, or move by half an hour. */
const ZONES = [
  'UTC',
  'America/New_York',
  'America/Havana',
  'America/Santiago',
  'America/Asuncion',
  'Africa/Cairo',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
];
/** Around changes of clocks and ends of months. */
const DAYS = [
  '2026-03-08',
  '2026-03-29',
  '2026-04-05',
  '2026-04-24',
  '2026-09-06',
  '2026-10-25',
  '2026-10-30',
  '2026-11-01',
];

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database?.close());

it('limits count the months and days of the one calendar, whatever clocks do at midnight', async () => {
  const { db } = database;
  const { companyId, officeIds } = await testCompany(db);
  const begin = new Date('2026-03-01T12:00:00Z');
  const common = { companyId, amount: dollars('10'), levels: [100], setBy: 'test', at: begin } as const;
  const subject = { kind: 'office', officeId: officeIds[0] } as const;
  for (const period of ['month', 'day'] satisfies LimitPeriod[])
    await setSpendingLimit(db, { ...common, subject, period });
  for (const timeZone of ZONES) {
    await db.company.update({ where: { id: companyId }, data: { timeZone } });
    for (const day of DAYS)
      for (let hour = -14; hour <= 38; hour += 4) {
        const at = new Date(Date.parse(`${day}T00:30:00Z`) + hour * HOUR_MS);
        const local = dayOf(at, timeZone);
        const found = await readSpendingLimits(db, companyId, at);
        expect(
          found.map(({ from, to }) => ({ from, to })),
          `${timeZone} at ${at.toISOString()}`,
        ).toEqual([monthAround(at, timeZone), daysPeriod(local, local, timeZone)]);
      }
  }
});
