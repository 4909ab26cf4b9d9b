import { openPool } from '../db/index.ts';
import type { Logger } from '../log.ts';

/** Whether nobody has kept books in this database yet. */
export async function isEmptyDatabase(url: string, log: Logger): Promise<boolean> {
  const pool = openPool({ url, log, poolSize: 1 });
  try {
    const { rows } = await pool.query<{ company: string | null }>(
      "SELECT to_regclass('public.company')::text AS company",
    );
    if (rows[0]?.company == null) return true;
    const companies = await pool.query('SELECT 1 FROM company LIMIT 1');
    return companies.rowCount === 0;
  } finally {
    await pool.end();
  }
}
