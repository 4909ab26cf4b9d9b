import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { BeforeBaseline } from './plan-adoption.ts';
import { FUNCTIONS_FOLDER, type FunctionFile, readFunctions } from './read-functions.ts';
import { type Migration, readMigrations } from './read-migrations.ts';
import { checksBefore } from './verify-before-adoption.ts';

/** Where a schema's files are; prisma/migrations with prisma/functions unless given. */
export interface SchemaFolders {
  /** Folder that holds `<stamp>_<name>/migration.sql`. */
  readonly folder?: string;
  /** Folder that holds `<name>.sql`; none where only `folder` is given. */
  readonly functionsFolder?: string;
  /** Folder that says what the baseline takes the place of; none where only `folder` is given. */
  readonly adoptionFolder?: string;
}

const ADOPTION_FOLDER = fileURLToPath(new URL('../../prisma/adoption', import.meta.url));

/** What this version's schema is made of, in the order in which it applies: migrations first, then functions. */
export interface SchemaFiles {
  readonly migrations: Migration[];
  readonly functions: FunctionFile[];
  readonly before: BeforeBaseline | undefined;
}

export async function readSchemaFiles({
  folder,
  functionsFolder,
  adoptionFolder,
}: SchemaFolders = {}): Promise<SchemaFiles> {
  const functions = functionsFolder ?? (folder === undefined ? FUNCTIONS_FOLDER : undefined);
  const adoption = adoptionFolder ?? (folder === undefined ? ADOPTION_FOLDER : undefined);
  return {
    migrations: await readMigrations(folder),
    functions: functions === undefined ? [] : await readFunctions(functions),
    before: adoption === undefined ? undefined : await readBefore(adoption),
  };
}

/**
 * `migrations.json`: checksums by name; `<last migration>.tables.txt`: the tables that a database has then; `checks.json`: what
 * its books are verified by.
 */
async function readBefore(folder: string): Promise<BeforeBaseline> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(SUFFIX));
  const migrations = JSON.parse(await readFile(path.join(folder, 'migrations.json'), 'utf8'));
  const tables = await Promise.all(
    names.map(async (name) => [
      name.slice(0, -SUFFIX.length),
      await readFile(path.join(folder, name), 'utf8'),
    ]),
  );
  const checks = JSON.parse(await readFile(path.join(folder, 'checks.json'), 'utf8'));
  return {
    migrations: checksums.parse(migrations),
    tables: Object.fromEntries(tables),
    checks: checksBefore.parse(checks),
  };
}

const SUFFIX = '.tables.txt';
const checksums = z.record(z.string(), z.string());

/** How a function file is named beside migrations. */
export const functionFileName = (name: string): string => `functions/${name}`;
