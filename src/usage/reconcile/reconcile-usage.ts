import type { Db } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { readNumberKey } from '../../org/index.ts';
import type { TableRow } from '../../tables/index.ts';
import { findBooked } from '../import/find-booked.ts';
import type { GoodRow, RowContext } from '../import/ingest-rows.ts';
import { keyHere } from '../import/read-export-rows.ts';
import { createRowParser, type RowParser } from '../import/row-parser.ts';
import { readRows, type SurveyedFile } from '../import/survey-file.ts';
import type { IngestDeps } from '../ingest/ingest-deps.ts';
import { keyOfAnother, mergeUnstoredLegs } from '../ingest/merge-legs.ts';
import { VENDOR_SOURCE } from '../ingest/usage-sources.ts';
import { compareFiled, findFiledPeriod, readDifferences, type UsageDifference } from './compare-usage.ts';
import {
  createFiledUsage,
  type FiledLeg,
  mergeFiledLegs,
  storeFiledLegs,
  toFiledLegs,
} from './filed-usage.ts';

export interface UsageReconciliation {
  companyId: bigint;
  survey: SurveyedFile;
  /** Usage times between which the file is complete; from its first to its last record where they are absent. */
  from: Date | undefined;
  to: Date | undefined;
  onProgress(rows: number): void;
  /** A row that cannot be read, so that its record is unknown. */
  onUnread(row: { line: number; message: string }): Promise<void>;
  onDifference(difference: UsageDifference): Promise<void>;
}

export interface ReconciledUsage {
  /** Rows of the file, and those of them that cannot be read. */
  rows: number;
  unread: number;
  /** Records that the file has: of a call with several legs, one. */
  records: number;
  agree: number;
  missing: number;
  /** Of the missing: known, in the inbox. */
  waiting: number;
  different: number;
  extra: number;
  /** Null where the file has no record. */
  period: { from: Date; to: Date } | null;
}

const BATCH = 1_000;

/**
 * Compares a file of usage with the books, both ways (R33); posts nothing. Of the file only a batch is in memory.
 * `own`: a single database connection, which keeps the file's records in temporary tables.
 * Throws RefillError `bad-file`, and `bad-argument` for a period that ends before it begins. Applies R33.5.
 */
export async function reconcileUsage(
  deps: IngestDeps & { own: Db },
  order: UsageReconciliation,
): Promise<ReconciledUsage> {
  const { own } = deps;
  const { companyId, survey } = order;
  const context = { companyId, numberKey: await readNumberKey(deps, companyId) };
  await createFiledUsage(own);
  const unread = await fileRows(deps, order, context, await createRowParser(deps.db, context, survey));
  const records = await mergeFiledLegs(own);
  const period = await choosePeriod(own, order);
  const nothing = { missing: 0, different: 0, extra: 0, waiting: 0 };
  const counts =
    period === null ? nothing : await compareFiled(own, { companyId, shape: survey.shape.name, period });
  if (period !== null) for await (const each of readDifferences(own)) await order.onDifference(each);
  const agree = records - counts.missing - counts.different;
  return { rows: survey.rows, unread, records, agree, ...counts, period };
}

/** Puts the file's records into the connection's own tables, a batch at a time; answers how many rows cannot be read. */
async function fileRows(
  deps: IngestDeps & { own: Db },
  order: UsageReconciliation,
  context: RowContext,
  parser: RowParser,
): Promise<number> {
  let [rows, unread] = [0, 0];
  let batch: TableRow[] = [];
  const flush = async (): Promise<void> => {
    await parser.refresh();
    const good: GoodRow[] = [];
    for (const table of batch) {
      const judged = parser.parse(table);
      if (!('message' in judged)) good.push({ table, ...judged });
      else {
        unread += 1;
        await order.onUnread({ line: table.line, message: judged.message });
      }
    }
    rows += batch.length;
    batch = [];
    await storeFiledLegs(deps.own, await withKeysHere(deps, context, good.flatMap(toFiledLegs)));
    order.onProgress(rows);
  };
  let isHeader = true;
  for await (const row of readRows(order.survey.file)) {
    if (!isHeader) batch.push(row);
    isHeader = false;
    if (batch.length === BATCH) await flush();
  }
  await flush();
  return unread;
}

/**
 * Under the keys that the records have here: an export may come from other books, where a number had another code; and a
 * call under the id of another call has a key of its own.
 */
async function withKeysHere(
  { db }: IngestDeps,
  { companyId, numberKey }: RowContext,
  filed: readonly FiledLeg[],
): Promise<FiledLeg[]> {
  const legs = filed.filter(({ leg }) => leg !== '');
  const { others } = await mergeUnstoredLegs(db, { companyId, source: VENDOR_SOURCE, legs });
  const exported = filed.filter(({ leg, source }) => leg === '' && source === VENDOR_SOURCE);
  const keys = exported.map(({ source, event }) => ({ source, externalId: event.externalId }));
  const booked = keys.length === 0 ? null : await findBooked(db, companyId, keys);
  return filed.map((each) => {
    const { source, event } = each;
    if (others.includes(each)) return { ...each, event: { ...event, externalId: keyOfAnother(event) } };
    if (booked === null || booked.has(`${source} ${event.externalId}`)) return each;
    const externalId = keyHere(event.externalId, event.externalNumber, numberKey);
    return { ...each, event: { ...event, externalId } };
  });
}

async function choosePeriod(
  own: Db,
  { from, to }: UsageReconciliation,
): Promise<{ from: Date; to: Date } | null> {
  const filed = await findFiledPeriod(own);
  const period = {
    from: from ?? filed?.first,
    // To the last record inclusive.
    to: to ?? (filed === null ? undefined : new Date(filed.last.getTime() + 1)),
  };
  if (period.from === undefined || period.to === undefined) return null;
  if (period.from >= period.to)
    throw new RefillError('bad-argument', 'The period ends before it begins: --from must lie before --to.');
  return { from: period.from, to: period.to };
}
