import pg from 'pg';

/** Whether nobody has kept books in this database yet. */
export async function isEmptyDatabase(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ company: string | null }>(
      "SELECT to_regclass('public.company')::text AS company",
    );
    if (rows[0]?.company == null) return true;
    const companies = await client.query('SELECT 1 FROM company LIMIT 1');
    return companies.rowCount === 0;
  } finally {
    await client.end();
  }
}
