/**
 * Usage by the million, for files. Records come as COPY's text: a Decimal, a Date and an object for every one of them
 * would cost more than the reading, and so would a message of the protocol for each.
 */
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { Prisma } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { fromMicros, type Money } from '../money.ts';
import { NUMBERS_ERASED } from './list-usage.ts';
import { filterUsage, type UsageFilter } from './usage-filter.ts';
import { askSummedUntil, BEFORE_ANY_USAGE, usageSums } from './usage-sums.ts';

const NO_SUCH_ZONE = '22023';

/** What screens and files have in place of a number that was erased. */
export const ERASED_NUMBER = 'removed';
const keptOr = (column: string): string =>
  `coalesce(${column}, CASE WHEN ${NUMBERS_ERASED.sql} THEN '${ERASED_NUMBER}' END)`;

/** Of each record, in this order. The time is in the zone asked for. */
const FIELDS = Prisma.raw(
  `u.usage_at, u.category, u.direction, u.member_id, u.department_id, u.office_id,
    ${keptOr('u.internal_number')}, ${keptOr('u.external_number')},
    u.duration_ms, u.billed_seconds, u.quantity, u.cost_micros, u.price, u.source, u.external_id`,
);
/** A record as the database writes it: text for text, null where it has none. */
export type UsageFields = readonly (string | null)[];

/** The usage of a filter as of one moment: its totals, and its records. */
export interface UsageSnapshot {
  /** Sums of the same quarter-hours that every screen sums (R25). */
  totals: { records: number; cost: Money };
  /**
   * Oldest first, in pages; each record as it counts now: usage time (`2026-11-03 09:15:22.5-08`), category, direction,
   * member, department and office id, own and other number, milliseconds, billed seconds, quantity, micro-dollars, price
   * in words, source, external id.
   */
  pages: AsyncIterable<UsageFields[]>;
}

/**
 * Runs `work` on a snapshot of a company's usage: totals and records agree while usage is posted (R26). Holds a
 * connection of the pool until then. Throws RefillError `bad-time-zone` where the database does not know the zone.
 */
export async function streamUsage<T>(
  pool: pg.Pool,
  filter: UsageFilter,
  timeZone: string,
  work: (snapshot: UsageSnapshot) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let isBroken = true;
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await setZone(client, timeZone);
    const totals = await readTotals(client, filter);
    const result = await work({ totals, pages: readPages(client, filter) });
    await client.query('ROLLBACK');
    isBroken = false;
    return result;
  } finally {
    // A connection whose records were left half-read is not worth mending.
    client.release(isBroken);
  }
}

async function setZone(client: pg.ClientBase, timeZone: string): Promise<void> {
  try {
    await client.query("SELECT set_config('TimeZone', $1, true)", [timeZone]);
  } catch (error) {
    if ((error as { code?: string }).code !== NO_SUCH_ZONE) throw error;
    throw new RefillError('bad-time-zone', 'The database does not know this time zone.', { timeZone });
  }
}

async function readTotals(client: pg.ClientBase, filter: UsageFilter): Promise<UsageSnapshot['totals']> {
  const asked = askSummedUntil(filter.companyId);
  const book = await client.query<{ summed_until: Date }>(asked.text, asked.values);
  const sums = Prisma.sql`
    SELECT coalesce(sum(u.records), 0)::text AS records, coalesce(sum(u.cost_micros), 0)::text AS cost
    FROM (${usageSums(filter, [], book.rows[0]?.summed_until ?? BEFORE_ANY_USAGE)}) AS u`;
  const { rows } = await client.query<{ records: string; cost: string }>(sums.text, sums.values);
  return { records: Number(rows[0]?.records ?? 0), cost: fromMicros(BigInt(rows[0]?.cost ?? 0)) };
}

/**
 * A page is what the server sent in one piece. Corrected records are few: the plan is to collect their keys once, never to go
 * through all of them again for each record, which a planner that expects none would choose.
 */
async function* readPages(client: pg.ClientBase, filter: UsageFilter): AsyncGenerator<UsageFields[]> {
  await client.query('SET LOCAL enable_material = off');
  const records = Prisma.sql`
    SELECT ${FIELDS} FROM usage_record AS u WHERE ${Prisma.join(filterUsage(filter, 'usage_at'), ' AND ')}
      AND NOT EXISTS (SELECT FROM usage_record AS n WHERE n.company_id = u.company_id AND n.source = u.source
        AND n.external_id = u.external_id AND n.revision > u.revision AND n.revision > 0)
    ORDER BY u.usage_at, u.source, u.external_id`;
  const copied = client.query(copyTo(`COPY (${withLiterals(records)}) TO STDOUT`));
  let rest = Buffer.alloc(0);
  for await (const chunk of copied as AsyncIterable<Buffer>) {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end === -1) {
      rest = Buffer.concat([rest, chunk]);
      continue;
    }
    const lines = Buffer.concat([rest, chunk.subarray(0, end)]).toString('utf8');
    rest = Buffer.from(chunk.subarray(end + 1));
    yield lines.split('\n').map(readCopiedLine);
  }
}
const NEWLINE = 0x0a;

/** COPY takes no parameters: the values of a query as literals in its text. */
function withLiterals({ strings, values }: Prisma.Sql): string {
  return strings.reduce((text, part, i) => `${text}${literal(values[i - 1])}${part}`);
}

function literal(value: unknown): string {
  if (Array.isArray(value)) return `ARRAY[${value.map(literal).join(', ')}]`;
  if (value instanceof Date) return `${pg.escapeLiteral(value.toISOString())}::timestamptz`;
  return typeof value === 'bigint' ? value.toString() : pg.escapeLiteral(String(value));
}

/** A line of COPY's text format: fields between tabs, `\N` for null, a backslash before what would end a field. */
export function readCopiedLine(line: string): UsageFields {
  const fields = line.split('\t');
  if (!line.includes('\\')) return fields;
  return fields.map((field) => (field.includes('\\') ? readEscaped(field) : field));
}

function readEscaped(field: string): string | null {
  return field === '\\N' ? null : field.replace(/\\(.)/g, (_, mark: string) => ESCAPED[mark] ?? mark);
}
const ESCAPED: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
