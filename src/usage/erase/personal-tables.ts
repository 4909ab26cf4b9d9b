import { Prisma, type Queryable } from '../../db/index.ts';

/**
 * Tables whose texts are left as they are when a person is erased. Everything else that belongs to a company is scrubbed, so
 * that a column which is added later is covered.
 */
const KEPT: ReadonlyMap<string, string> = new Map([
  ['entry', 'sealed: the books, with the Slack ID of who acted and the reason that was given'],
  ['entry_split', 'sealed'],
  ['posting', 'sealed: keys have numbers as codes'],
  ['usage_record', 'sealed, but for the numbers, which the ledger erases'],
  ['hold', 'sealed'],
  ['credit_grant', 'sealed'],
  ['entry_rollup', 'sums'],
  ['usage_rollup', 'sums'],
  ['usage_kind_rollup', 'sums'],
  ['usage_member_rollup', 'sums'],
  ['wallet_summed', 'sums'],
  ['book_digest', 'signed'],
  ['book_digest_head', 'signed'],
  ['billing_details', 'what receipts and invoices print of the company, as the law keeps it'],
  ['credit_adjustment', 'the cause of credits that no payment brought, as it was entered in the books'],
  ['office', 'how the company is organised'],
  ['department', 'how the company is organised'],
]);

/** A company's table with its columns of text. */
export interface TextTable {
  name: string;
  columns: { name: string; isJson: boolean }[];
}

/** Why a table keeps its texts; null where it does not. */
export function retentionReason(table: string): string | null {
  return KEPT.get(table) ?? null;
}

/** Every table of a company that has texts which may name a person, by name. */
export async function listTextTables(db: Queryable): Promise<TextTable[]> {
  const rows = await db.$queryRaw<{ table_name: string; column_name: string; data_type: string }[]>`
    SELECT c.table_name::text, c.column_name::text, c.data_type::text
    FROM information_schema.columns AS c
    JOIN information_schema.tables AS t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
      AND c.data_type IN ('text', 'character varying', 'jsonb', 'json')
      AND EXISTS (SELECT FROM information_schema.columns AS of
        WHERE of.table_schema = 'public' AND of.table_name = c.table_name AND of.column_name = 'company_id')
    ORDER BY c.table_name, c.ordinal_position`;
  const tables = new Map<string, TextTable>();
  for (const { table_name: name, column_name: column, data_type: type } of rows) {
    if (KEPT.has(name)) continue;
    const table = tables.get(name) ?? { name, columns: [] };
    table.columns.push({ name: column, isJson: type.startsWith('json') });
    tables.set(name, table);
  }
  return [...tables.values()];
}

/** How many rows of a table have a fact in any of their columns. */
export interface FactCount {
  table: string;
  rows: number;
}

/**
 * Searches every column of every table of the database and of its queue, whatever its type: a company's rows where the table has
 * companies, all rows where it has none. Tables without such a row are left out.
 */
export async function countFacts(db: Queryable, companyId: bigint, pattern: string): Promise<FactCount[]> {
  const tables = await db.$queryRaw<{ schema: string; name: string; has_company: boolean }[]>`
    SELECT t.table_schema::text AS schema, t.table_name::text AS name, EXISTS (
      SELECT FROM information_schema.columns AS c WHERE c.table_schema = t.table_schema
        AND c.table_name = t.table_name AND c.column_name = 'company_id') AS has_company
    FROM information_schema.tables AS t
    WHERE t.table_schema IN ('public', 'graphile_worker') AND t.table_type = 'BASE TABLE' ORDER BY 1 DESC, 2`;
  const counts: FactCount[] = [];
  for (const { schema, name, has_company: hasCompany } of tables) {
    const of = hasCompany ? Prisma.sql`t.company_id = ${companyId} AND` : Prisma.empty;
    const [row] = await db.$queryRaw<{ n: bigint }[]>(
      Prisma.sql`SELECT count(*) AS n FROM ${quoted(schema)}.${quoted(name)} AS t WHERE ${of} t::text ~* ${pattern}`,
    );
    const rows = Number(row?.n ?? 0n);
    if (rows > 0) counts.push({ table: name, rows });
  }
  return counts;
}

/** Replaces what a pattern finds in a company's texts. Returns how many rows of each table it changed. */
export async function scrubTexts(
  db: Queryable,
  companyId: bigint,
  { pattern, by, except = [] }: { pattern: string; by: string; except?: readonly string[] },
): Promise<FactCount[]> {
  const counts: FactCount[] = [];
  for (const { name, columns } of await listTextTables(db)) {
    if (except.includes(name)) continue;
    const sets = columns.map(({ name: column, isJson }) => {
      const text = Prisma.sql`regexp_replace(${quoted(column)}::text, ${pattern}, ${by}, 'gi')`;
      return Prisma.sql`${quoted(column)} = ${isJson ? Prisma.sql`(${text})::jsonb` : text}`;
    });
    const hits = columns.map(({ name: column }) => Prisma.sql`${quoted(column)}::text ~* ${pattern}`);
    const rows = await db.$executeRaw(
      Prisma.sql`UPDATE ${quoted(name)} SET ${Prisma.join(sets)}
        WHERE company_id = ${companyId} AND (${Prisma.join(hits, ' OR ')})`,
    );
    if (rows > 0) counts.push({ table: name, rows });
  }
  return counts;
}

/** A name that the catalog gave. */
const quoted = (name: string): Prisma.Sql => Prisma.raw(`"${name.replaceAll('"', '""')}"`);
