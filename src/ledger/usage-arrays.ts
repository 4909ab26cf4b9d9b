import { toMicros } from '../money.ts';
import type { NewUsage } from './types.ts';

/** A batch as PostgreSQL takes it: one array literal a column, null where there is nothing. */
export type UsageArrays = Record<
  | 'source'
  | 'externalId'
  | 'office'
  | 'department'
  | 'member'
  | 'class'
  | 'category'
  | 'direction'
  | 'externalNumber'
  | 'internalNumber'
  | 'usageAt'
  | 'durationMs'
  | 'billedSeconds'
  | 'quantity'
  | 'cost'
  | 'price'
  | 'version',
  string
>;

const INT_MAX = 2_147_483_647;
const BIGINT_MAX = 2n ** 63n - 1n;

/** True for a record that the database's types can hold; any other would sink its whole batch there. */
export function isStorable(usage: NewUsage): boolean {
  const texts = [
    usage.source,
    usage.externalId,
    usage.category,
    usage.externalNumber,
    usage.internalNumber,
    usage.price,
  ];
  const counts = [usage.billedSeconds, usage.quantity];
  return (
    texts.every((text) => text === null || !text.includes('\0')) &&
    !Number.isNaN(usage.usageAt.getTime()) &&
    Number.isSafeInteger(usage.durationMs) &&
    counts.every((count) => Number.isInteger(count) && count <= INT_MAX) &&
    (usage.version ?? 0n) >= 0n &&
    (usage.version ?? 0n) <= BIGINT_MAX &&
    usage.cost.decimalPlaces() <= 6 &&
    usage.cost.abs().lessThan(10_000_000)
  );
}

/**
 * Turns records into arrays of columns, in the same order. They are written as literals here, because the driver takes
 * several times as long to write an array as the database takes to read it.
 */
export function toUsageArrays(records: readonly NewUsage[]): UsageArrays {
  const plain = (column: (usage: NewUsage) => bigint | number | string | null): string =>
    `{${records.map((record) => column(record) ?? 'NULL').join(',')}}`;
  const text = (column: (usage: NewUsage) => string | null): string =>
    `{${records.map((record) => quote(column(record))).join(',')}}`;
  return {
    source: text(({ source }) => source),
    externalId: text(({ externalId }) => externalId),
    office: plain(({ officeId }) => officeId),
    department: plain(({ departmentId }) => departmentId),
    member: plain(({ memberId }) => memberId),
    class: text((record) => record.class),
    category: text(({ category }) => category),
    direction: text(({ direction }) => direction),
    externalNumber: text(({ externalNumber }) => externalNumber),
    internalNumber: text(({ internalNumber }) => internalNumber),
    usageAt: plain(({ usageAt }) => usageAt.toISOString()),
    durationMs: plain(({ durationMs }) => durationMs),
    billedSeconds: plain(({ billedSeconds }) => billedSeconds),
    quantity: plain(({ quantity }) => quantity),
    cost: plain(({ cost }) => toMicros(cost)),
    price: text(({ price }) => price),
    version: plain(({ version = 0n }) => version),
  };
}

function quote(text: string | null): string {
  if (text === null) return 'NULL';
  return /["\\]/.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`;
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
