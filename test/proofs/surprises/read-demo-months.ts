import { createStripeGateway } from '../../../src/billing/index.ts';
import { dayOf, daysPeriod, weekdayOf } from '../../../src/calendar.ts';
import { MovableClock } from '../../../src/clock.ts';
import { openDb } from '../../../src/db/index.ts';
import { makeDay } from '../../../src/demo/history/make-day.ts';
import { createDemoCompany } from '../../../src/demo/index.ts';
import { DAY_MS, HOUR_MS } from '../../../src/durations.ts';
import { createLogger } from '../../../src/log.ts';
import { createSecretBox, stampInstance } from '../../../src/org/index.ts';
import { ingestApiRecords } from '../../../src/usage/index.ts';
import { countryOfNumber } from '../../../src/usage/surprises/spend-records.ts';
import type { Month } from '../../traffic/draw-month.ts';
import type { ProofServer } from '../proof-server.ts';

/** The first day; what follows is the same each time. */
const BEGINS = Date.UTC(2025, 0, 6, 20);
const EVENING_MS = 19 * HOUR_MS;
/** Of the beginning: history, in which nothing is judged. */
export const HISTORY_DAYS = 28;
/** No processor is asked: the company pays by invoice. */
const NO_PROCESSOR = { secretKey: 'sk_test_none', webhookSecret: undefined, apiUrl: 'http://127.0.0.1:9' };

/**
 * So many days of the try-out's company, as its history plays them: rated and posted by the app itself, in a database of
 * their own. Answers what each of its offices used, none of which is fraud.
 */
export async function readDemoMonths(server: ProofServer, days: number): Promise<Month[]> {
  const database = await server.migrated();
  const log = createLogger('silent');
  const db = await openDb({ url: database.url, poolSize: 2, log });
  try {
    const clock = new MovableClock(0, () => BEGINS);
    const secrets = createSecretBox('demo');
    const deps = { db, clock, log, secrets };
    await stampInstance(db, 'sandbox', clock.now());
    await createDemoCompany(
      { ...deps, gateway: createStripeGateway(NO_PROCESSOR), publicUrl: 'http://127.0.0.1' },
      'xoxb-demo',
      { kind: 'invoice' },
    );
    const { id: companyId, timeZone } = await db.company.findFirstOrThrow();
    for (let number = 0; number < days; number += 1) {
      const day = dayOf(clock.now(), timeZone);
      const period = daysPeriod(day, day, timeZone);
      if (period === null) throw new RangeError(`${day} is no day`);
      clock.advance(Math.max(period.from.getTime() + EVENING_MS - clock.now().getTime(), 1));
      const records = makeDay({ number, midnight: period.from, isWorkday: weekdayOf(day) <= 5, busy: 1 });
      await ingestApiRecords(deps, companyId, records);
      clock.advance(DAY_MS - EVENING_MS + HOUR_MS);
    }
    const offices = await db.office.findMany({ where: { companyId }, orderBy: { id: 'asc' } });
    return await Promise.all(
      offices.map(async ({ id: officeId, country }, n): Promise<Month> => {
        const rows = await db.usageRecord.findMany({
          where: { companyId, officeId, revision: 0 },
          orderBy: { usageAt: 'asc' },
        });
        const pieces = rows.map((row) => ({
          at: row.usageAt.getTime(),
          arrivesAt: row.usageAt.getTime(),
          country: countryOfNumber(row.externalNumber, country),
          type: row.category,
          micros: Number(row.costMicros),
          isFraud: false,
        }));
        return {
          seed: n,
          size: 'small',
          timeZone,
          measuredFrom: BEGINS + HISTORY_DAYS * DAY_MS,
          fraud: null,
          pieces,
        };
      }),
    );
  } finally {
    await db.$disconnect();
    await database.close();
  }
}
