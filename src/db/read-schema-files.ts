import { FUNCTIONS_FOLDER, type FunctionFile, readFunctions } from './read-functions.ts';
import { type Migration, readMigrations } from './read-migrations.ts';

/** Where a schema's files are; prisma/migrations with prisma/functions unless given. */
export interface SchemaFolders {
  /** Folder that holds `<stamp>_<name>/migration.sql`. */
  readonly folder?: string;
  /** Folder that holds `<name>.sql`; none where only `folder` is given. */
  readonly functionsFolder?: string;
}

/** What this version's schema is made of, in the order in which it applies: migrations first, then functions. */
export interface SchemaFiles {
  readonly migrations: Migration[];
  readonly functions: FunctionFile[];
}

export async function readSchemaFiles({ folder, functionsFolder }: SchemaFolders = {}): Promise<SchemaFiles> {
  const functions = functionsFolder ?? (folder === undefined ? FUNCTIONS_FOLDER : undefined);
  return {
    migrations: await readMigrations(folder),
    functions: functions === undefined ? [] : await readFunctions(functions),
  };
}

/** How a function file is named beside migrations. */
export const functionFileName = (name: string): string => `functions/${name}`;
