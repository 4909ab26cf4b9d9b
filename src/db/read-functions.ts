import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** One file of prisma/functions: SQL functions with the triggers that call them. */
export interface FunctionFile {
  /** File name without `.sql`. */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file in hex. */
  readonly checksum: string;
  /** Files whose functions this one's text is checked against, from its line `-- Needs: a, b`. */
  readonly needs: readonly string[];
}

/** A row of `applied_function_file`. */
export interface RecordedFunctionFile {
  readonly name: string;
  readonly checksum: string;
}

export const FUNCTIONS_FOLDER = fileURLToPath(new URL('../../prisma/functions', import.meta.url));

/**
 * Reads every file of the folder in the order in which they apply: by name, after those they need. PostgreSQL looks
 * functions up when they are called, except in bodies of LANGUAGE sql, which it checks when they are created.
 * Throws Error where a file needs one that is not there, or two need each other.
 */
export async function readFunctions(folder: string = FUNCTIONS_FOLDER): Promise<FunctionFile[]> {
  const entries = await readdir(folder);
  const names = entries.filter((entry) => entry.endsWith('.sql')).map((entry) => entry.slice(0, -4));
  const files = await Promise.all(
    names.sort().map(async (name) => {
      const bytes = await readFile(path.join(folder, `${name}.sql`));
      const sql = bytes.toString('utf8');
      const needs = /^-- Needs: (.+)$/m.exec(sql)?.[1]?.split(', ') ?? [];
      return { name, sql, checksum: createHash('sha256').update(bytes).digest('hex'), needs };
    }),
  );
  return orderByNeed(files);
}

function orderByNeed(files: readonly FunctionFile[]): FunctionFile[] {
  const ordered: FunctionFile[] = [];
  let waiting = [...files];
  while (waiting.length > 0) {
    const next = waiting.find(({ needs }) =>
      needs.every((need) => ordered.some(({ name }) => name === need)),
    );
    if (next === undefined)
      throw new Error(`prisma/functions: no order for ${waiting.map(({ name }) => name).join(', ')}`);
    ordered.push(next);
    waiting = waiting.filter((file) => file !== next);
  }
  return ordered;
}

/** Names of the files that the database has in another text or not at all, and of those it has that are gone. */
export function changedFunctions(
  files: readonly FunctionFile[],
  recorded: readonly RecordedFunctionFile[],
): string[] {
  const checksums = new Map(recorded.map(({ name, checksum }) => [name, checksum]));
  const names = new Set(files.map(({ name }) => name));
  return [
    ...files.filter(({ name, checksum }) => checksums.get(name) !== checksum).map(({ name }) => name),
    ...recorded.filter(({ name }) => !names.has(name)).map(({ name }) => name),
  ];
}
