import { Prisma, type Queryable } from '../../src/db/index.ts';
import type { NewUsage } from '../../src/ledger/index.ts';
import { toUsageRow } from '../../src/ledger/usage-columns.ts';

/** What `ledger_usages` was before numbers were keyed: its arrays, as fields of usage_record. */
const COLUMNS = [
  ...['source', 'external_id', 'office_id', 'department_id', 'member_id', 'class::text', 'category'],
  ...['direction::text', 'external_number', 'internal_number', 'usage_at', 'duration_ms::bigint'],
  ...['billed_seconds::int', 'quantity::int', 'cost_micros::bigint', 'price', 'version'],
];

/** Posts usage to a database of the version before personal facts, as that did. Answers null where all is posted. */
export async function postAsBefore(
  db: Queryable,
  { companyId, at, records }: { companyId: bigint; at: Date; records: readonly NewUsage[] },
): Promise<unknown> {
  const rows = `[${records.map((record) => toUsageRow({ version: 0n, ...record })).join(',')}]`;
  const arrays = COLUMNS.map((column) => `array_agg(usage.${column} ORDER BY given.position)`).join(', ');
  const answers = await db.$queryRaw<{ answer: unknown }[]>`
    SELECT ledger_post_usage(${companyId}, ${at}, false, false,
      (SELECT ROW(${Prisma.raw(arrays)}, NULL::bigint[], NULL::timestamptz[])::ledger_usages
      FROM jsonb_array_elements(${rows}::jsonb) WITH ORDINALITY AS given(row, position),
        jsonb_populate_record(NULL::usage_record, given.row) AS usage)) AS answer`;
  return answers[0]?.answer ?? null;
}

/** Corrects a usage there, as a person or (with its version) as its sender. */
export async function correctAsBefore(
  db: Queryable,
  { companyId, at, key, usage }: { companyId: bigint; at: Date; key: string; usage: NewUsage },
): Promise<void> {
  await db.$queryRaw`
    SELECT ledger_correct_usage(${companyId}, jsonb_populate_record(NULL::usage_record, ${toUsageRow(usage)}::jsonb),
      false, ${key}, 'test', 'Test', ${at})`;
}
