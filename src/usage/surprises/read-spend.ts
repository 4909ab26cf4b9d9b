import type { Queryable } from '../../db/index.ts';
import { MINUTE_MS } from '../../durations.ts';
import type { Office } from '../../org/index.ts';
import type { OfficeSpend, SpendPiece } from './find-surprises.ts';
import { SPEND_HISTORY_MS } from './judge-hour.ts';
import { countryOfNumber, PAID_OUTBOUND_COUNT, spendRecords } from './spend-records.ts';
import { closedUntil } from './sum-hours.ts';

interface Row {
  at: Date;
  category: string;
  number: string | null;
  calls: number;
  micros: bigint;
}

/**
 * What an office spent in the hours that are not closed yet, by minute, and in those before, by hour. Null until the hours before
 * are summed: without them everything looks new.
 */
export async function readSpend(
  db: Queryable,
  of: { companyId: bigint; office: Office; timeZone: string; at: Date },
): Promise<OfficeSpend | null> {
  const { companyId, office, timeZone, at } = of;
  const closed = closedUntil(at);
  const summed = await db.spendSummed.findUnique({ where: { companyId } });
  if (summed === null || summed.summedUntil < closed) return null;
  const key = { companyId, officeId: office.id };
  const [rows, hours, first] = await Promise.all([
    db.$queryRaw<Row[]>`
      SELECT date_trunc('minute', u.usage_at) AS at, u.category, u.external_number AS number, ${PAID_OUTBOUND_COUNT},
        sum(u.cost_micros)::bigint AS micros
      FROM (${spendRecords({ ...key, from: closed, to: new Date(at.getTime() + MINUTE_MS) })}) AS u GROUP BY 1, 2, 3`,
    db.spendHour.findMany({
      where: { ...key, hourAt: { gte: new Date(closed.getTime() - SPEND_HISTORY_MS) } },
    }),
    db.spendHour.findFirst({ where: key, orderBy: { hourAt: 'asc' }, select: { hourAt: true } }),
  ]);
  const recent = rows.map(
    ({ number, category, ...sums }): SpendPiece => ({
      ...sums,
      type: category,
      country: countryOfNumber(number, office.country),
    }),
  );
  const history = hours.map(
    ({ hourAt, country, category, calls, costMicros }): SpendPiece => ({
      at: hourAt,
      country,
      type: category,
      calls: Number(calls),
      micros: costMicros,
    }),
  );
  return { timeZone, country: office.country, recent, history, officeSince: first?.hourAt ?? null };
}
