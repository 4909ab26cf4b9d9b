import { bigintArray, intArray, Prisma, textArray, timeArray } from '../db/index.ts';
import { dollars, toMicros } from '../money.ts';
import type { NewUsage } from './types.ts';

/** What no usage costs: the ledger calls it a bad fact. */
const BEYOND_REASON = dollars('10000000');

/**
 * Records as an expression of SQL, of the ledger's own type for a batch: one array a column, in their order. Throws a
 * RangeError where one of them is not storable, as it would sink the whole batch.
 */
export function toUsages(records: readonly NewUsage[]): Prisma.Sql {
  const texts = (read: (usage: NewUsage) => string | null) => textArray(records.map(read));
  const ints = (read: (usage: NewUsage) => number) => intArray(records.map(read));
  const bigints = (read: (usage: NewUsage) => bigint | null) => bigintArray(records.map(read));
  return Prisma.sql`ROW(${texts(({ source }) => source)}::text[], ${texts(({ externalId }) => externalId)}::text[],
    ${bigints(({ officeId }) => officeId)}::bigint[], ${bigints(({ departmentId }) => departmentId)}::bigint[],
    ${bigints(({ memberId }) => memberId)}::bigint[], ${texts((usage) => usage.class)}::text[],
    ${texts(({ category }) => category)}::text[], ${texts(({ direction }) => direction)}::text[],
    ${texts(({ externalNumber }) => externalNumber)}::text[], ${texts(({ internalNumber }) => internalNumber)}::text[],
    ${timeArray(records.map(({ usageAt }) => usageAt))}::timestamptz[], ${bigints(({ durationMs }) => BigInt(durationMs))}::bigint[],
    ${ints(({ billedSeconds }) => billedSeconds)}::int[], ${ints(({ quantity }) => quantity)}::int[],
    ${bigints(({ cost }) => toMicros(cost))}::bigint[], ${texts(({ price }) => price)}::text[],
    ${bigints(({ version = 0n }) => version)}::bigint[], NULL, NULL)::ledger_usages`;
}

/** The same, or null where one of them is not storable. */
export function tryToUsages(records: readonly NewUsage[]): Prisma.Sql | null {
  try {
    return toUsages(records);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** True for a record that the database's types can hold. */
export function isStorable(usage: NewUsage): boolean {
  return tryToUsages([usage]) !== null && usage.cost.abs().lessThan(BEYOND_REASON);
}

/** One record as JSON that names the columns of usage_record. */
export function toUsageRow(usage: NewUsage): string {
  return JSON.stringify({
    source: usage.source,
    external_id: usage.externalId,
    office_id: usage.officeId?.toString() ?? null,
    department_id: usage.departmentId?.toString() ?? null,
    member_id: usage.memberId?.toString() ?? null,
    class: usage.class,
    category: usage.category,
    direction: usage.direction,
    external_number: usage.externalNumber,
    internal_number: usage.internalNumber,
    usage_at: usage.usageAt.toISOString(),
    duration_ms: usage.durationMs,
    billed_seconds: usage.billedSeconds,
    quantity: usage.quantity,
    cost_micros: toMicros(usage.cost).toString(),
    price: usage.price,
    version: usage.version?.toString() ?? null,
  });
}
