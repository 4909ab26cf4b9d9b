import pg from 'pg';

/** Takes a test's database away from everybody, as a stopped server would; returns how to bring it back. */
export async function takeDatabaseAway(databaseUrl: string): Promise<() => Promise<void>> {
  const url = new URL(databaseUrl);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  const administer = async (...statements: string[]): Promise<void> => {
    const admin = new pg.Client({ connectionString: url.toString() });
    await admin.connect();
    for (const statement of statements) await admin.query(statement);
    await admin.end();
  };
  await administer(
    `ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
  );
  return () => administer(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
}
