import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { databaseUrl } from './database-url.ts';

/** Empty databases on a running server, for programs that migrate and fill them themselves. */
export async function createScratchDatabases<N extends string>(
  serverUrl: string,
  names: readonly N[],
): Promise<{ urls: Record<N, string>; drop(): Promise<void> }> {
  const suffix = randomBytes(5).toString('hex');
  const full = names.map((name) => `refill_test_${Date.now().toString(36)}_${name}_${suffix}`);
  await administer(
    serverUrl,
    full.map((name) => `CREATE DATABASE "${name}"`),
  );
  const urls = Object.fromEntries(
    names.map((name, index) => [name, databaseUrl(serverUrl, full[index] ?? '')]),
  );
  return {
    urls: urls as Record<N, string>,
    drop: () =>
      administer(
        serverUrl,
        full.map((name) => `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`),
      ),
  };
}

async function administer(serverUrl: string, statements: readonly string[]): Promise<void> {
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  try {
    for (const statement of statements) await admin.query(statement);
  } finally {
    await admin.end();
  }
}
