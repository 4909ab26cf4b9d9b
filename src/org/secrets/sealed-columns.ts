import { Prisma, type Queryable } from '../../db/index.ts';

/** A column that holds sealed secrets, and the key of its row; a test finds every such column of the database here. */
interface SealedColumn {
  table: string;
  key: string;
  column: string;
}

const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: 'workspace', key: 'team_id', column: 'bot_token_encrypted' },
  { table: 'usage_webhook', key: 'token', column: 'secret_encrypted' },
  { table: 'event_endpoint', key: 'id', column: 'secret_encrypted' },
  { table: 'directory_source', key: 'company_id', column: 'key_encrypted' },
  { table: 'number_key', key: 'company_id', column: 'key_encrypted' },
  { table: 'card_check', key: 'token', column: 'statement_encrypted' },
];

export interface SealedRow extends SealedColumn {
  id: string;
  companyId: bigint | null;
  sealed: string;
}

/** What a sealed text is bound to: `usage_webhook.secret_encrypted abc`. */
export function placeOf(table: string, column: string, id: string | bigint): string {
  return `${table}.${column} ${id}`;
}

/** Every sealed secret of the database, as it is stored. What is not sealed at all (a test's own) is left out. */
export async function readSealedRows(db: Queryable): Promise<SealedRow[]> {
  const rows: SealedRow[] = [];
  for (const at of SEALED_COLUMNS) {
    const found = await db.$queryRaw<{ id: string; company_id: bigint | null; sealed: string }[]>`
      SELECT ${Prisma.raw(at.key)}::text AS id, company_id, ${Prisma.raw(at.column)} AS sealed
      FROM ${Prisma.raw(at.table)} WHERE ${Prisma.raw(at.column)} ~ '^v[0-9]+[.]'`;
    rows.push(...found.map(({ id, company_id, sealed }) => ({ ...at, id, companyId: company_id, sealed })));
  }
  return rows;
}

/** Replaces one, unless it was changed since it was read. */
export async function replaceSealed(db: Queryable, row: SealedRow, sealed: string): Promise<boolean> {
  const count = await db.$executeRaw`
    UPDATE ${Prisma.raw(row.table)} SET ${Prisma.raw(row.column)} = ${sealed}
    WHERE ${Prisma.raw(row.key)}::text = ${row.id} AND ${Prisma.raw(row.column)} = ${row.sealed}`;
  return count === 1;
}
