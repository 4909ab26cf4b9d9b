import { type Db, inTransaction, type Tx } from '../../db/index.ts';
import { keyNumbers, newSalt } from '../../ledger/index.ts';
import type { NumberKey } from '../../number-key.ts';
import { VENDOR_SOURCE } from '../ingest/usage-sources.ts';
import { rekey } from './rekey.ts';

/** A company under conversion. */
export interface ConvertedCompany {
  companyId: bigint;
  numberKey: NumberKey;
  at: Date;
}

interface Row {
  source: string;
  external_id: string;
  revision: number;
  external_number: string | null;
  internal_number: string | null;
}

const PAGE = 1_000;

/** Converts a company's usage records with the entries and grants of each. Returns how many. */
export async function convertRecords(db: Db, company: ConvertedCompany): Promise<number> {
  let done = 0;
  for (let after: Row | undefined; ; ) {
    const rows = await inTransaction(db, (tx) => convertPage(tx, company, after));
    done += rows.length;
    after = rows.at(-1);
    if (after === undefined) return done;
  }
}

async function convertPage(tx: Tx, company: ConvertedCompany, after: Row | undefined): Promise<Row[]> {
  // A second process that converts the same company waits here, and then finds other records.
  await tx.$queryRaw`SELECT FROM usage_conversion WHERE company_id = ${company.companyId} FOR UPDATE`;
  const rows = await readPage(tx, company.companyId, after);
  const records = rows.map((row) => ({
    ...row,
    externalNumber: row.external_number,
    internalNumber: row.internal_number,
  }));
  if (rows.length > 0)
    await tx.$executeRaw`SELECT ledger_convert_usage(${company.companyId}, ${rows.map(({ source }) => source)}::text[],
      ${rows.map(({ external_id: id }) => id)}::text[], ${rows.map(({ revision }) => revision)}::int[],
      ${rows.map((row) => newKey(row, company.numberKey))}::text[],
      ${records.map((record) => newSalt(record)?.toString('hex') ?? null)}::text[],
      ${records.map((record) => keyNumbers(record, company.numberKey))}::text[], ${company.at})`;
  return rows;
}

/** The next records, with all revisions of each. */
async function readPage(tx: Tx, companyId: bigint, after: Row | undefined): Promise<Row[]> {
  const rows = await tx.$queryRaw<Row[]>`
    SELECT source, external_id, revision, external_number, internal_number FROM usage_record
    WHERE company_id = ${companyId} AND numbers_digest IS NULL
      AND (source, external_id) > (${after?.source ?? ''}, ${after?.external_id ?? ''})
    ORDER BY source, external_id, revision LIMIT ${PAGE}`;
  const last = rows.at(-1);
  if (last === undefined || rows.length < PAGE) return rows;
  const others = await tx.$queryRaw<Row[]>`
    SELECT source, external_id, revision, external_number, internal_number FROM usage_record
    WHERE company_id = ${companyId} AND source = ${last.source} AND external_id = ${last.external_id}
      AND revision > ${last.revision} ORDER BY revision`;
  return [...rows, ...others];
}

function newKey({ source, external_id: id }: Row, numberKey: NumberKey): string {
  return source === VENDOR_SOURCE ? rekey(id, numberKey) : id;
}
