import { RowOfArrays } from '../db/index.ts';
import { dollars, toMicros } from '../money.ts';
import type { NumberKey } from '../number-key.ts';
import { keyNumbers, newSalt } from './personal-facts.ts';
import type { NewUsage, UsageOutcome } from './types.ts';

/** What no usage costs: the ledger calls it a bad fact. */
const BEYOND_REASON = dollars('10000000');

/** Source and key together are a row of an index, which takes 2,704 bytes; a letter takes up to three. */
const MAX_KEY_LENGTH = 400;

/**
 * Records as one value of the ledger's own type for a batch, `ledger_usages`: one array a column, in their order. Throws a
 * RangeError where one of them is not storable, as it would sink the whole batch: a number or a time beyond its column, a text
 * with a zero byte or half of a character, a source, key or category of more than 400 letters.
 */
export function toUsages(records: readonly NewUsage[], numberKey: NumberKey): Buffer {
  return new RowOfArrays(records)
    .texts(({ source }) => source, MAX_KEY_LENGTH)
    .texts(({ externalId }) => externalId, MAX_KEY_LENGTH)
    .bigints(({ officeId }) => officeId)
    .bigints(({ departmentId }) => departmentId)
    .bigints(({ memberId }) => memberId)
    .texts((usage) => usage.class)
    .texts(({ category }) => category, MAX_KEY_LENGTH)
    .texts(({ direction }) => direction)
    .texts(({ externalNumber }) => externalNumber)
    .texts(({ internalNumber }) => internalNumber)
    .times(({ usageAt }) => usageAt)
    .bigints(({ durationMs }) => BigInt(durationMs))
    .ints(({ billedSeconds }) => billedSeconds)
    .ints(({ quantity }) => quantity)
    .bigints(({ cost }) => toMicros(cost))
    .texts(({ price }) => price)
    .bigints(({ version = 0n }) => version)
    .noBigints()
    .noTimes()
    .texts((usage) => keyNumbers(usage, numberKey))
    .bytes(newSalt)
    .noBigints()
    .end();
}

/** The same, or null where one of them is not storable. */
export function tryToUsages(records: readonly NewUsage[], numberKey: NumberKey): Buffer | null {
  try {
    return toUsages(records, numberKey);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Whether the database's types and indexes can hold a record. */
export function isStorable(usage: NewUsage, numberKey: NumberKey): boolean {
  return tryToUsages([usage], numberKey) !== null && usage.cost.abs().lessThan(BEYOND_REASON);
}

/** Returns one outcome a record, in order: what `answer` returns of those that can be stored; the others are rejected. */
export async function answerStorable(
  records: readonly NewUsage[],
  numberKey: NumberKey,
  answer: (storable: readonly NewUsage[]) => Promise<readonly UsageOutcome[]>,
): Promise<UsageOutcome[]> {
  const storable = new Set(records.filter((record) => isStorable(record, numberKey)));
  const answers = storable.size === 0 ? [] : await answer(records.filter((record) => storable.has(record)));
  const next = answers.values();
  const unstorable: UsageOutcome = { outcome: 'rejected', reason: 'bad-facts' };
  return records.map((record) => (storable.has(record) ? (next.next().value ?? unstorable) : unstorable));
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
    salt: toHex(newSalt(usage)),
  });
}

/** A bytea as JSON has it. */
function toHex(bytes: Buffer | null): string | null {
  return bytes === null ? null : `\\x${bytes.toString('hex')}`;
}
