import { Prisma } from '../../db/index.ts';
import { HOUR_MS, MINUTE_MS } from '../../durations.ts';
import { isE164 } from '../../phone-number.ts';
import { countryOf } from '../../rating/index.ts';

/** Usage that arrives later than this after its time is not judged (R32.4). */
export const MAX_ARRIVAL_DELAY_MS = 6 * HOUR_MS;
/** Postings that are under way when an hour is summed. */
const UNDER_WAY_MS = 5 * MINUTE_MS;
/** So long after a clock hour began, its sum is final. */
export const HOUR_FINAL_AFTER_MS = HOUR_MS + MAX_ARRIVAL_DELAY_MS + UNDER_WAY_MS;

export interface SpendPeriod {
  companyId: bigint;
  /** Usage time, [from, to). */
  from: Date | Prisma.Sql;
  to: Date | Prisma.Sql;
  officeId?: bigint;
}

/**
 * The usage that counts, one row a record: as it was known six hours after it happened, whatever corrects it later, and without
 * what was read from files. So the sums of an hour that is over stay as they are.
 */
export function spendRecords({ companyId, from, to, officeId }: SpendPeriod): Prisma.Sql {
  const office = officeId === undefined ? Prisma.empty : Prisma.sql`AND u.office_id = ${officeId}`;
  return Prisma.sql`
    SELECT u.* FROM usage_record AS u
    WHERE u.company_id = ${companyId} AND u.usage_at >= ${from} AND u.usage_at < ${to} ${office}
      AND u.posted_at <= u.usage_at + interval '6 hours'
      AND NOT EXISTS (SELECT FROM usage_record AS newer WHERE newer.company_id = u.company_id AND newer.source = u.source
        AND newer.external_id = u.external_id AND newer.revision > 0 AND newer.revision > u.revision
        AND newer.posted_at <= newer.usage_at + interval '6 hours')
      AND NOT EXISTS (SELECT FROM usage_from_file AS f WHERE f.company_id = u.company_id AND f.source = u.source
        AND f.external_id = u.external_id)`;
}

/** What is counted as a call or message to a country: outbound, and not free. */
export const PAID_OUTBOUND_COUNT = Prisma.sql`count(*) FILTER (WHERE u.direction = 'outbound' AND u.cost_micros > 0)::int AS calls`;

/** The country of a number, seen from an office; empty where it has none. */
export function countryOfNumber(number: string | null, officeCountry: string): string {
  return number !== null && isE164(number) ? (countryOf(number, officeCountry) ?? '') : '';
}
