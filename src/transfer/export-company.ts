import type pg from 'pg';
import {
  copyTableOut,
  endWithChecksum,
  listMigrations,
  quoteAll,
  quoteName,
  requireFree,
  toLine,
  withOwnConnection,
  writeTableFile,
} from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { type BooksDigest, digestBooks } from '../ledger/index.ts';
import type { Logger } from '../log.ts';
import { COMPANY_TABLES, type CompanyTable } from './company-tables.ts';
import { type CompanyHeader, FORMAT, type TransferProgress } from './format.ts';
import { readColumns } from './read-columns.ts';

export interface ExportedCompany {
  /** The moment that the file shows. */
  at: Date;
  rows: number;
  bytes: number;
  digest: BooksDigest;
}

export interface ExportOptions {
  companyId: bigint;
  /** The states of an order whose payment is under way. */
  openStates: readonly string[];
  replace: boolean;
  onProgress: TransferProgress;
}

/**
 * Writes everything that a company has to a file, as of one moment, while it is written to; secrets are left out. Memory does not grow
 * with the company. Throws RefillError `company-not-exportable` where money is under way, `company-unknown`, `file-exists`, `bad-file`.
 */
export async function exportCompany(
  { url, log }: { url: string; log: Logger },
  file: string,
  options: ExportOptions,
): Promise<ExportedCompany> {
  await requireFree(file, options);
  return await withOwnConnection({ url, log }, async (client) => {
    const snapshot = new CompanySnapshot(client, options);
    const bytes = await writeTableFile(file, snapshot.read());
    return { ...snapshot.written, bytes };
  });
}

/** A company's rows in one snapshot, as the lines of its file. */
class CompanySnapshot {
  readonly written = { at: new Date(0), rows: 0, digest: { sha256: '', rows: '0' } };

  constructor(
    private readonly client: pg.PoolClient,
    private readonly options: ExportOptions,
  ) {}

  read(): AsyncGenerator<Buffer> {
    return endWithChecksum(this.body(), async () => {
      const digest = await digestBooks(this.client, this.options.companyId);
      await this.client.query('COMMIT');
      this.written.digest = digest;
      return { rows: this.written.rows, digest };
    });
  }

  private async *body(): AsyncGenerator<Buffer> {
    const { client, options } = this;
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const header = await this.readHeader();
    await this.requireNothingUnderWay();
    yield toLine(header);
    for (const table of COMPANY_TABLES) {
      const columns = await readColumns(client, table.table);
      const source = sourceOf(table, columns, options.companyId);
      this.written.rows += yield* copyTableOut(client, { table: table.table, columns, source });
      options.onProgress(this.written.rows, header.rowsAbout);
    }
  }

  private async readHeader(): Promise<CompanyHeader> {
    const { companyId } = this.options;
    const { rows } = await this.client.query<{
      at: Date;
      name: string;
      mode: CompanyHeader['mode'];
      rows_about: string;
    }>(
      `SELECT now() AS at, name, coalesce((SELECT mode FROM instance), 'live') AS mode,
        (SELECT count(*) FROM entry WHERE company_id = company.id)
        + (SELECT count(*) FROM usage_record WHERE company_id = company.id) AS rows_about
      FROM company WHERE id = $1`,
      [companyId],
    );
    const [of] = rows;
    if (of === undefined) throw new RefillError('company-unknown', `There is no company ${companyId}.`);
    this.written.at = of.at;
    return {
      refillCompany: FORMAT,
      at: of.at.toISOString(),
      company: { id: companyId.toString(), name: of.name },
      mode: of.mode,
      migrations: await listMigrations(this.client),
      tables: COMPANY_TABLES.length,
      rowsAbout: Number(of.rows_about),
    };
  }

  /** A payment that is under way would be completed by both installations. */
  private async requireNothingUnderWay(): Promise<void> {
    const { companyId, openStates } = this.options;
    const { rows } = await this.client.query<{ what: string }>(
      `SELECT format('order P-%s (%s)', lpad(id::text, 6, '0'), replace(state, '_', ' ')) AS what
      FROM purchase_order WHERE company_id = $1 AND state = ANY ($2)
      UNION ALL
      SELECT format('a refund of order P-%s', lpad(order_id::text, 6, '0')) FROM payment_attempt
      WHERE company_id = $1 AND refund_due_at IS NOT NULL
      UNION ALL
      SELECT format('a refund of order P-%s', lpad(order_id::text, 6, '0')) FROM operator_refund
      WHERE company_id = $1 AND processor_id IS NULL AND failure_code IS NULL
      LIMIT 5`,
      [companyId, openStates],
    );
    if (rows.length === 0) return;
    throw new RefillError(
      'company-not-exportable',
      `It cannot be exported yet, as money is under way: ${rows.map(({ what }) => what).join(', ')}. Nothing was written. See: refill order list --company ${companyId} --open`,
    );
  }
}

function sourceOf(
  { table, replaced = {}, where }: CompanyTable,
  columns: readonly string[],
  companyId: bigint,
): string {
  const own = columns.includes('company_id')
    ? `company_id = ${companyId}`
    : table === 'company'
      ? `id = ${companyId}`
      : 'true';
  const rest = where === undefined ? '' : ` AND ${where.replaceAll('$company', companyId.toString())}`;
  const values = columns.map((column) => replaced[column] ?? quoteAll([column]));
  return `(SELECT ${values.join(', ')} FROM ${quoteName(table)} WHERE ${own}${rest})`;
}
