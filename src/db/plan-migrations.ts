import { RefillError } from '../errors.ts';
import type { Migration } from './read-migrations.ts';

/** A row of `_prisma_migrations` that was not rolled back. */
export interface RecordedMigration {
  readonly name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

/**
 * Which migrations are still to apply, in order. Pure: compares the files of this version with the database's books.
 *
 * Throws RefillError `migration-unfinished`, `migration-edited`, `migration-missing` or `database-ahead` when the two
 * cannot belong together; then nothing must be applied.
 */
export function planMigrations(
  files: readonly Migration[],
  recorded: readonly RecordedMigration[],
): Migration[] {
  const fileByName = new Map(files.map((file) => [file.name, file]));
  const newest = files.at(-1)?.name ?? '';
  for (const { name, checksum, finished } of recorded) {
    const file = fileByName.get(name);
    if (file === undefined) throw name > newest ? databaseAhead(name) : migrationMissing(name);
    if (!finished) throw migrationUnfinished(name);
    if (file.checksum !== checksum) throw migrationEdited(name);
  }
  const applied = new Set(recorded.map((row) => row.name));
  return files.filter((file) => !applied.has(file.name));
}

function databaseAhead(name: string): RefillError {
  return new RefillError(
    'database-ahead',
    `The database was migrated by a newer version of Refill (it has ${name}, which this version does not know). ` +
      'Start that version or a later one, or restore a backup made with this one.',
    { migration: name },
  );
}

function migrationMissing(name: string): RefillError {
  return new RefillError(
    'migration-missing',
    `The database has migration ${name}, but its file is not in prisma/migrations. Restore the file: applied ` +
      'migrations are never removed.',
    { migration: name },
  );
}

function migrationUnfinished(name: string): RefillError {
  return new RefillError(
    'migration-unfinished',
    `Migration ${name} was begun by another tool and did not finish. Put the database right and mark the migration ` +
      'with `prisma migrate resolve`, then start again.',
    { migration: name },
  );
}

function migrationEdited(name: string): RefillError {
  return new RefillError(
    'migration-edited',
    `Migration ${name} was changed after it had been applied to this database. Restore the file as it was and put the ` +
      'change into a new migration.',
    { migration: name },
  );
}
