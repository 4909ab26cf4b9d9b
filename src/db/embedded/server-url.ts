import pg from 'pg';
import { RefillError } from '../../errors.ts';
import { DATABASE_USER } from './create-cluster.ts';

/** Connection string of an embedded server for its one account. */
export function serverUrl(port: number, password: string, databaseName: string): string {
  return `postgres://${DATABASE_USER}:${password}@127.0.0.1:${port}/${databaseName}`;
}

/**
 * Creates a database on the server of `adminUrl` unless it exists. Throws RefillError `database-name` for a name that
 * would need quoting.
 */
export async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name)) {
    throw new RefillError('database-name', `"${name}" cannot be the name of a database: use a-z, 0-9 and _.`);
  }
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE "${name}"`);
  } catch (error) {
    if (!isCreatedMeanwhile(error)) throw error;
  } finally {
    await client.end();
  }
}

/** Another process created it between our look and our attempt: seen as a duplicate name, or as a duplicate key. */
function isCreatedMeanwhile(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === '42P04' || error.code === '23505');
}
