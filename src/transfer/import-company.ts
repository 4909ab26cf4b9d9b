import type pg from 'pg';
import {
  copyTableIn,
  quoteAll,
  quoteName,
  readDatabaseError,
  requireSameSchema,
  type TableFile,
  tableLine,
  withOwnConnection,
  withTableFile,
} from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { type BooksDigest, digestBooks, signLastDigest } from '../ledger/index.ts';
import type { Logger } from '../log.ts';
import { nameOperator, type SecretBox } from '../org/index.ts';
import { advanceNumbers } from './advance-numbers.ts';
import { COMPANY_TABLES } from './company-tables.ts';
import {
  COMPANY_FILE,
  type CompanyHeader,
  companyEnd,
  companyHeader,
  FORMAT,
  type TransferProgress,
} from './format.ts';
import { LANDINGS, type LandingDeps, type LeftBehind, stageOf } from './land-rows.ts';
import { readColumns } from './read-columns.ts';

export interface ImportedCompany extends LeftBehind {
  id: bigint;
  name: string;
  /** The moment that the file shows. */
  at: Date;
  rows: number;
  digest: BooksDigest;
  isClosed: boolean;
}

export interface ImportOptions {
  at: Date;
  secrets: SecretBox;
  /** Whether a key for phone numbers that no secret key of this installation opens is made anew. */
  newNumberKey: boolean;
  onProgress: TransferProgress;
}

const UNIQUE_VIOLATION = '23505';
const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Imports a company's file into a database that has no company of its number: all of it in one transaction, suspended, under the
 * digest of the file. The file is read to its end before anything is changed. Throws RefillError `bad-company-file`,
 * `company-file-version`, `company-exists`, `other-instance`, `secret-unreadable`, `database-rights`.
 */
export async function importCompany(
  { url, log }: { url: string; log: Logger },
  file: string,
  options: ImportOptions,
): Promise<ImportedCompany> {
  await checkFile(file);
  return await withTableFile(file, COMPANY_FILE, (reader) =>
    withOwnConnection({ url, log }, async (client) => {
      try {
        const imported = await load(client, reader, options);
        await client.query('ANALYZE');
        return imported;
      } catch (error) {
        throw toRefusal(error);
      }
    }),
  );
}

/** Reads a file to its end without a database: whether it is whole, unchanged and of this version. */
async function checkFile(file: string): Promise<void> {
  await withTableFile(file, COMPANY_FILE, async (reader) => {
    const { tables } = await readHeader(reader);
    await reader.skipToEnd(tables, companyEnd);
  });
}

async function readHeader(reader: TableFile): Promise<CompanyHeader> {
  const header = await reader.readLine(companyHeader);
  if (header.refillCompany > FORMAT)
    throw new RefillError(
      'company-file-version',
      `The company’s file is of format ${header.refillCompany}, and this version of Refill reads format ${FORMAT}. Import it with a newer version.`,
    );
  await requireSameSchema(header.migrations, COMPANY_FILE);
  return header;
}

async function load(
  client: pg.PoolClient,
  reader: TableFile,
  options: ImportOptions,
): Promise<ImportedCompany> {
  const header = await readHeader(reader);
  const companyId = BigInt(header.company.id);
  await client.query('BEGIN');
  await requireAbsent(client, header);
  await requireSameMode(client, header, options.at);
  const deps: LandingDeps = { client, companyId, ...options };
  const leftBehind: LeftBehind = { roles: 0, hasNewNumberKey: false };
  let rows = 0;
  for (let i = 0; i < header.tables; i += 1) {
    const { table, columns } = await reader.readLine(tableLine);
    await requireKnown(client, reader, { table, columns });
    const land = LANDINGS[table];
    if (land !== undefined)
      await client.query(
        `CREATE TEMPORARY TABLE ${stageOf(table)} ON COMMIT DROP AS SELECT * FROM ${quoteName(table)} WHERE false`,
      );
    const target = land === undefined ? table : stageOf(table);
    rows += await copyTableIn(client, reader, { table: target, columns });
    if (land !== undefined) Object.assign(leftBehind, await land(deps, quoteAll(columns)));
    options.onProgress(rows, header.rowsAbout);
  }
  const end = await reader.readEnd(companyEnd);
  if (end.rows !== rows) throw reader.changed();
  await advanceNumbers(client, companyId);
  const digest = await digestBooks(client, companyId);
  if (digest.sha256 !== end.digest.sha256 || digest.rows !== end.digest.rows)
    throw reader.bad('what was posted has another digest here than where it was exported');
  await signLastDigest(client, options.secrets, companyId, options.at);
  const isClosed = await suspend(client, deps);
  await recordImport(client, deps, header);
  await client.query('COMMIT');
  return {
    id: companyId,
    name: header.company.name,
    at: new Date(header.at),
    rows,
    digest,
    isClosed,
    ...leftBehind,
  };
}

/** A company keeps its number, which its digests are of; so no other may have it here. */
async function requireAbsent(client: pg.PoolClient, { company }: CompanyHeader): Promise<void> {
  const { rows } = await client.query<{ name: string }>('SELECT name FROM company WHERE id = $1', [
    company.id,
  ]);
  const [there] = rows;
  if (there === undefined) return;
  throw new RefillError(
    'company-exists',
    there.name === company.name
      ? `${there.name} (${company.id}) is in this installation already. Nothing was changed.`
      : `Number ${company.id} is ${there.name} here, and ${company.name} keeps its number, which its digests are of. Import it into an installation where the number is free. Nothing was changed.`,
  );
}

async function requireSameMode(client: pg.PoolClient, { mode }: CompanyHeader, at: Date): Promise<void> {
  await client.query(
    'INSERT INTO instance (id, mode, created_at) VALUES (1, $1, $2) ON CONFLICT DO NOTHING',
    [mode, at],
  );
  const { rows } = await client.query<{ mode: string }>('SELECT mode::text FROM instance');
  const here = rows[0]?.mode ?? '';
  if (here === mode) return;
  const spell = (of: string) => of.replace('_', ' ');
  throw new RefillError(
    'other-instance',
    `The file is of a ${spell(mode)} installation, and this one is ${spell(here)}: their books never meet. Nothing was changed.`,
  );
}

async function requireKnown(
  client: pg.PoolClient,
  reader: TableFile,
  { table, columns }: { table: string; columns: readonly string[] },
): Promise<void> {
  const ours = COMPANY_TABLES.some((of) => of.table === table) ? await readColumns(client, table) : [];
  if (columns.length !== ours.length || columns.some((column) => !ours.includes(column)))
    throw reader.bad(`this version has no table ${table} like its own`);
}

/** Nothing is charged before the operator has looked at it. Returns whether it is closed, which it stays. */
async function suspend(client: pg.PoolClient, { companyId, at }: LandingDeps): Promise<boolean> {
  const { rows } = await client.query<{ is_closed: boolean }>(
    `UPDATE company SET suspended_at = coalesce(suspended_at, $2),
      suspended_reason = coalesce(suspended_reason, 'imported from another installation')
    WHERE id = $1 RETURNING closed_at IS NOT NULL AS is_closed`,
    [companyId, at],
  );
  return rows[0]?.is_closed === true;
}

async function recordImport(
  client: pg.PoolClient,
  { companyId, at }: LandingDeps,
  header: CompanyHeader,
): Promise<void> {
  await client.query(
    `INSERT INTO audit (company_id, at, actor, surface, action, details)
    VALUES ($1, $2, $3, 'operator', 'company-imported', jsonb_build_object('exportedAt', $4::text))`,
    [companyId, at, nameOperator('operator'), header.at],
  );
}

function toRefusal(error: unknown): unknown {
  const fault = readDatabaseError(error);
  if (fault?.sqlState === UNIQUE_VIOLATION)
    return new RefillError(
      'company-exists',
      `Something of this company is in this installation already (${fault.constraint}). Nothing was changed.`,
    );
  if (fault?.sqlState !== INSUFFICIENT_PRIVILEGE) return error;
  return new RefillError(
    'database-rights',
    'Importing a company needs the role that owns the tables, as refill migrate does. Nothing was changed.',
  );
}
