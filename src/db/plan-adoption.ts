import { RefillError } from '../errors.ts';
import type { RecordedMigration } from './plan-migrations.ts';
import type { Migration } from './read-migrations.ts';
import type { CheckBefore } from './verify-before-adoption.ts';

/** The migrations that the baseline stands for: what their databases have recorded, and which tables that makes. */
export interface BeforeBaseline {
  /** SHA-256 of each migration's file, by name. */
  readonly migrations: Readonly<Record<string, string>>;
  /** The tables as `describeTables` describes them, by the last migration recorded. */
  readonly tables: Readonly<Record<string, string>>;
  /** What the version before verified its books by. */
  readonly checks: readonly CheckBefore[];
}

/** How a database from before the baseline becomes one with it. */
export interface Adoption {
  readonly baseline: Migration;
  /** Names of the recorded migrations that the baseline takes the place of. */
  readonly replaced: readonly string[];
  /** What its tables must be now, as `describeTables` describes them. */
  readonly tables: string;
  /** What its books are verified by, as its own version did. */
  readonly checks: readonly CheckBefore[];
  /** What is recorded once the baseline has taken their place. */
  readonly recorded: readonly RecordedMigration[];
}

const isBaseline = ({ name }: Migration): boolean => name.endsWith('_baseline');

/**
 * Whether a database is from before the baseline, and how it is adopted; null: it has the baseline, or nothing yet. Pure.
 * Throws RefillError `database-too-old` where its recorded migrations are not exactly those that can be adopted.
 */
export function planAdoption(
  files: readonly Migration[],
  before: BeforeBaseline | undefined,
  recorded: readonly RecordedMigration[],
): Adoption | null {
  const baseline = files.find(isBaseline);
  const last = recorded.at(-1);
  if (before === undefined || baseline === undefined || last === undefined) return null;
  if (recorded.some(({ name }) => name === baseline.name)) return null;
  const replaced = Object.keys(before.migrations);
  const isWhole = replaced.every((old) =>
    recorded.some(
      ({ name, checksum, finished }) => name === old && checksum === before.migrations[old] && finished,
    ),
  );
  const tables = before.tables[last.name];
  if (!isWhole || tables === undefined) throw tooOld(last.name);
  const { name, checksum } = baseline;
  const later = recorded.filter((row) => before.migrations[row.name] === undefined);
  const { checks } = before;
  return { baseline, replaced, tables, checks, recorded: [{ name, checksum, finished: true }, ...later] };
}

function tooOld(last: string): RefillError {
  return new RefillError(
    'database-too-old',
    `This database was made by a version of Refill that this one cannot convert (its last migration is ${last}): start it ` +
      'once with the version between, restore a backup that this version made, or begin a try-out anew with: npm start -- --fresh',
    { migration: last },
  );
}
