import { type Db, inTransaction, type Queryable, type Tx } from '../../db/index.ts';
import { DAY_MS, HOUR_MS } from '../../durations.ts';
import { countryOfNumber, HOUR_FINAL_AFTER_MS, PAID_OUTBOUND_COUNT, spendRecords } from './spend-records.ts';

/** Hours are kept a week longer than they are compared. */
const KEPT_MS = 35 * DAY_MS;
/** So many hours a transaction. */
const HOURS_AT_ONCE = 24;

/** The newest hour that nothing can change any more has ended then. */
export function closedUntil(at: Date): Date {
  return new Date((Math.floor((at.getTime() - HOUR_FINAL_AFTER_MS) / HOUR_MS) + 1) * HOUR_MS);
}

/**
 * Sums a company's hours that are over, a day of them at most, and deletes those that are older than 35 days. Returns whether all of
 * them are summed. Safe to run again, and in several processes: one of them sums an hour.
 */
export async function sumSpending(db: Db, companyId: bigint, at: Date): Promise<boolean> {
  const until = closedUntil(at);
  return await inTransaction(db, async (tx) => {
    const before = await lockSummed(tx, companyId, until);
    if (before >= until) return true;
    const to = new Date(Math.min(until.getTime(), before.getTime() + HOURS_AT_ONCE * HOUR_MS));
    await sumHours(tx, { companyId, from: before, to });
    const oldest = new Date(at.getTime() - KEPT_MS);
    await tx.spendHour.deleteMany({ where: { companyId, hourAt: { lt: oldest } } });
    await tx.usageFromFile.deleteMany({ where: { companyId, usageAt: { lt: oldest } } });
    await tx.$executeRaw`
      UPDATE spend_summed SET summed_until = ${to},
        summed_from = greatest(summed_from, least(${to}, date_trunc('hour', ${oldest}::timestamptz, 'UTC') + interval '1 hour'))
      WHERE company_id = ${companyId}`;
    return to >= until;
  });
}

/** How far the hours are summed, locked; a company that is new to this begins 28 days back. */
async function lockSummed(tx: Tx, companyId: bigint, until: Date): Promise<Date> {
  const begins = new Date(until.getTime() - 28 * DAY_MS);
  const key = { companyId, summedFrom: begins, summedUntil: begins };
  await tx.spendSummed.createMany({ data: [key], skipDuplicates: true });
  const rows = await tx.$queryRaw<{ summed_until: Date }[]>`
    SELECT summed_until FROM spend_summed WHERE company_id = ${companyId} FOR UPDATE`;
  return rows[0]?.summed_until ?? begins;
}

interface Row {
  officeId: bigint;
  hourAt: Date;
  category: string;
  number: string | null;
  calls: number;
  micros: bigint;
}

async function sumHours(tx: Tx, period: { companyId: bigint; from: Date; to: Date }): Promise<void> {
  const { companyId } = period;
  const countries = await readCountries(tx, companyId);
  const rows = await tx.$queryRaw<Row[]>`
    SELECT u.office_id AS "officeId", date_trunc('hour', u.usage_at, 'UTC') AS "hourAt", u.category,
      u.external_number AS number, ${PAID_OUTBOUND_COUNT}, sum(u.cost_micros)::bigint AS micros
    FROM (${spendRecords(period)}) AS u WHERE u.office_id IS NOT NULL GROUP BY 1, 2, 3, 4`;
  const sums = new Map<string, { row: Row; country: string; calls: number; micros: bigint }>();
  for (const row of rows) {
    const country = countryOfNumber(row.number, countries.get(row.officeId) ?? '');
    const key = [row.officeId, row.hourAt.getTime(), row.category, country].join(' ');
    const sum = sums.get(key) ?? { row, country, calls: 0, micros: 0n };
    sums.set(key, { ...sum, calls: sum.calls + row.calls, micros: sum.micros + row.micros });
  }
  await tx.spendHour.createMany({
    data: [...sums.values()].map(({ row: { officeId, hourAt, category }, country, calls, micros }) => ({
      companyId,
      officeId,
      hourAt,
      category,
      country,
      calls: BigInt(calls),
      costMicros: micros,
    })),
    skipDuplicates: true,
  });
}

/** Each office's country. */
async function readCountries(db: Queryable, companyId: bigint): Promise<Map<bigint, string>> {
  const offices = await db.office.findMany({ where: { companyId }, select: { id: true, country: true } });
  return new Map(offices.map(({ id, country }) => [id, country]));
}
