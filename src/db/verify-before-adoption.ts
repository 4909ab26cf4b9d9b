import type pg from 'pg';
import { z } from 'zod';
import { RefillError } from '../errors.ts';

/** One invariant of the books of the version before, as it verified them: `prisma/adoption/checks.json`. */
export interface CheckBefore {
  readonly name: string;
  readonly table: string;
  /** What it is asked of: a company ($1), or a wallet of it ($2). */
  readonly of: 'company' | 'wallet';
  /** Lines of a statement that answers wallet_id, row, column, expected and found, a row for each breach. */
  readonly sql: readonly string[];
}

export const checksBefore = z.array(
  z.object({
    name: z.string(),
    table: z.string(),
    of: z.enum(['company', 'wallet']),
    sql: z.array(z.string()),
  }),
);

interface Breach {
  wallet_id: string | null;
  row: string;
  column: string;
  expected: string | null;
  found: string | null;
}

/** Every table of the books: a row of a company that has no book is found, too. */
const TABLES = [
  'book',
  'wallet',
  'credit_grant',
  'entry',
  'entry_split',
  'usage_record',
  'usage_rollup',
  'usage_kind_rollup',
  'usage_member_rollup',
  'entry_rollup',
  'wallet_summed',
  'posting',
  'hold',
];

/**
 * Verifies the books of a database of the version before with that version's own checks and functions, in the caller's
 * transaction: what was wrong before would look as if converting it had gone wrong, or be sealed as if it were right.
 * Throws RefillError `books-disagree` at the first breach.
 */
export async function verifyBeforeAdoption(
  client: pg.PoolClient,
  checks: readonly CheckBefore[],
): Promise<void> {
  // A restored database has no statistics until it is analysed, and plans for few rows take hours over many.
  await client.query(`ANALYZE ${TABLES.join(', ')}`);
  // As the version before did: each check goes through all rows, which are not to be looked up one by one.
  await client.query(
    `SELECT set_config('work_mem', '64MB', true), set_config('enable_nestloop', 'off', true)`,
  );
  const ofCompanies = checks.filter((check) => check.of === 'company');
  const ofWallets = checks.filter((check) => check.of === 'wallet');
  const tables = TABLES.map((table) => `SELECT DISTINCT company_id FROM ${table}`).join(' UNION ');
  const companies = await client.query<{ company_id: string }>(`${tables} ORDER BY 1`);
  for (const { company_id: company } of companies.rows) {
    for (const check of ofCompanies) await runCheck(client, check, company);
    const wallets = await client.query<{ id: string }>(
      `SELECT id FROM wallet WHERE company_id = $1
        UNION SELECT DISTINCT wallet_id FROM entry WHERE company_id = $1 ORDER BY 1`,
      [company],
    );
    for (const { id } of wallets.rows)
      for (const check of ofWallets) await runCheck(client, check, company, id);
  }
  await client.query('RESET work_mem; RESET enable_nestloop');
}

async function runCheck(
  client: pg.PoolClient,
  check: CheckBefore,
  company: string,
  wallet?: string,
): Promise<void> {
  const { rows } = await client.query<Breach>({
    name: `before-${check.of}-${check.name}-${check.table}`,
    // Materialized, because a bare LIMIT 1 favours plans with a cheap first row, and sound books have no breach to stop at.
    text: `WITH breach AS MATERIALIZED (\n${check.sql.join('\n')}\n) SELECT * FROM breach LIMIT 1`,
    values: wallet === undefined ? [company] : [company, wallet],
  });
  const [breach] = rows;
  if (breach === undefined) return;
  const walletId = wallet ?? breach.wallet_id;
  const place = walletId === null ? `company ${company}` : `company ${company}, wallet ${walletId}`;
  throw new RefillError(
    'books-disagree',
    `The database's books do not hold, so it was left as it is: ${place}, ${check.table} ${breach.row}, ${breach.column} ` +
      `should be ${breach.expected ?? 'absent'}, is ${breach.found ?? 'absent'} (${check.name}). The version that made it ` +
      'names everything that does not agree: npm run verify',
    { check: check.name, table: check.table },
  );
}
