import type pg from 'pg';
import { RefillError } from '../../errors.ts';
import { readSchemaFiles } from '../read-schema-files.ts';
import type { TableFileKind } from './table-file.ts';

/** Throws RefillError, under the version code of its kind, for a file of tables that are not this version's, migration by migration. */
export async function requireSameSchema(
  migrations: readonly string[],
  { versionCode, noun, verb }: TableFileKind,
): Promise<void> {
  const ours = (await readSchemaFiles()).migrations.map(({ name }) => name);
  const [missing] = migrations.filter((name) => !ours.includes(name));
  const [lacking] = ours.filter((name) => !migrations.includes(name));
  if (missing !== undefined)
    throw new RefillError(
      versionCode,
      `The ${noun} was made by a newer version of Refill (${missing}). ${verb} it with that version.`,
    );
  if (lacking !== undefined)
    throw new RefillError(
      versionCode,
      `The ${noun} was made by an older version of Refill, before ${lacking}. ${verb} it with that version, then upgrade.`,
    );
}

/** The migrations that a database has, by name: what the header of its file says. */
export async function listMigrations(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY 1',
  );
  return rows.map(({ name }) => name);
}
