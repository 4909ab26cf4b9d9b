import { toMicros } from '../money.ts';
import type { NewUsage } from './types.ts';

/** A batch as PostgreSQL takes it: one array a column, everything as text, null where there is nothing. */
export interface UsageArrays {
  source: string[];
  externalId: string[];
  office: (string | null)[];
  department: (string | null)[];
  member: (string | null)[];
  class: string[];
  category: string[];
  direction: string[];
  externalNumber: (string | null)[];
  internalNumber: (string | null)[];
  usageAt: string[];
  durationMs: string[];
  billedSeconds: string[];
  quantity: string[];
  cost: string[];
  price: (string | null)[];
  version: string[];
}

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

/** Turns records into arrays of columns, in the same order. */
export function toUsageArrays(records: readonly NewUsage[]): UsageArrays {
  const id = (value: bigint | null): string | null => value?.toString() ?? null;
  return {
    source: records.map(({ source }) => source),
    externalId: records.map(({ externalId }) => externalId),
    office: records.map(({ officeId }) => id(officeId)),
    department: records.map(({ departmentId }) => id(departmentId)),
    member: records.map(({ memberId }) => id(memberId)),
    class: records.map((record) => record.class),
    category: records.map(({ category }) => category),
    direction: records.map(({ direction }) => direction),
    externalNumber: records.map(({ externalNumber }) => externalNumber),
    internalNumber: records.map(({ internalNumber }) => internalNumber),
    usageAt: records.map(({ usageAt }) => usageAt.toISOString()),
    durationMs: records.map(({ durationMs }) => durationMs.toString()),
    billedSeconds: records.map(({ billedSeconds }) => billedSeconds.toString()),
    quantity: records.map(({ quantity }) => quantity.toString()),
    cost: records.map(({ cost }) => toMicros(cost).toString()),
    price: records.map(({ price }) => price),
    version: records.map(({ version = 0n }) => version.toString()),
  };
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
