import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { RefillError } from '../../errors.ts';
import { readDirectory, readNumberKey } from '../../org/index.ts';
import { type IngestDeps, ingestEvents, ingestLegs } from './ingest-events.ts';
import type { LegEvent } from './merge-legs.ts';
import { officeCountries } from './office-country.ts';
import type { IngestOutcome } from './outcomes.ts';
import {
  type ImportRow,
  isVendorExport,
  type ReadRow,
  readOwnRow,
  readVendorRow,
} from './read-import-row.ts';
import { VENDOR_SOURCE } from './vendor-source.ts';

export interface UsageImport {
  companyId: bigint;
  file: string;
  /** Read and report only. */
  dryRun: boolean;
  /** Rows that an earlier run is done with. */
  skipRows: number;
  /** After each batch: rows done since the file's beginning, and bytes read of it. */
  onProgress(done: { rows: number; bytes: number }): Promise<void>;
  onReject(reject: { line: number; id: string; message: string }): void;
}

export type ImportCounts = Record<IngestOutcome['outcome'] | 'read', number>;

interface Line {
  line: number;
  row: ImportRow;
}

const BATCH = 1_000;
const MAX_ROW_LENGTH = 100_000;

/**
 * Takes usage from a CSV file, with the API's fields as columns or as the vendor exports calls: a batch is read, posted
 * and forgotten, so that a file may be of any size. What was posted before is not posted again (R23).
 * Throws RefillError `bad-file` where it cannot be read; what was posted until then stays.
 */
export async function importUsage(deps: IngestDeps, order: UsageImport): Promise<ImportCounts> {
  const counts: ImportCounts = {
    read: 0,
    posted: 0,
    adjusted: 0,
    duplicate: 0,
    queued: 0,
    conflict: 0,
    unrated: 0,
    waiting: 0,
    rejected: 0,
  };
  const file = createReadStream(order.file);
  const parser = parse({
    bom: true,
    columns: (names: string[]) =>
      names.map((name) =>
        name
          .trim()
          .toLowerCase()
          .replace(/[\s-]+/g, '_'),
      ),
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: MAX_ROW_LENGTH,
  });
  file.on('error', (error) => parser.destroy(error));
  let rows = 0;
  let batch: Line[] = [];
  const flush = async (): Promise<void> => {
    await storeLines(deps, order, batch, counts);
    batch = [];
    await order.onProgress({ rows, bytes: file.bytesRead });
  };
  try {
    for await (const { record, info } of file.pipe(parser) as AsyncIterable<{
      record: ImportRow;
      info: { lines: number };
    }>) {
      rows += 1;
      if (rows <= order.skipRows) continue;
      batch.push({ line: info.lines, row: record });
      if (batch.length === BATCH) await flush();
    }
  } catch (error) {
    if (isFileFault(error)) throw new RefillError('bad-file', `${order.file}: ${error.message}`);
    throw error;
  } finally {
    file.destroy();
  }
  await flush();
  return counts;
}

async function storeLines(
  deps: IngestDeps,
  { companyId, dryRun, onReject }: UsageImport,
  lines: readonly Line[],
  counts: ImportCounts,
): Promise<void> {
  const [first] = lines;
  if (first === undefined) return;
  const numberKey = await readNumberKey(deps, companyId);
  const officeCountryOf = officeCountries(await readDirectory(deps.db, companyId));
  const isVendors = isVendorExport(Object.keys(first.row));
  const good: { line: Line; read: Exclude<ReadRow, { message: string }> }[] = [];
  const reject = ({ line, row }: Line, message: string): void => {
    counts.rejected += 1;
    onReject({ line, id: row.id ?? row.call_id ?? '', message });
  };
  for (const line of lines) {
    counts.read += 1;
    const read = isVendors
      ? readVendorRow(line.row, numberKey, officeCountryOf)
      : readOwnRow(line.row, officeCountryOf);
    if ('message' in read) reject(line, read.message);
    else good.push({ line, read });
  }
  if (dryRun) return;
  const events = good.flatMap(({ read }) => ('event' in read ? [read.event] : []));
  const legs = good.flatMap(({ read }) => ('legs' in read ? read.legs : []));
  const ofEvents = await ingestEvents(deps, { companyId, source: 'api', events });
  const ofCalls = await ingestLegs(deps, { companyId, source: VENDOR_SOURCE, legs });
  const answers = ofEvents.values();
  for (const { line, read } of good) {
    const outcome = 'event' in read ? answers.next().value : outcomeOf(ofCalls, read.legs);
    if (outcome === undefined) continue;
    if (outcome.outcome === 'rejected' || outcome.outcome === 'conflict') reject(line, outcome.message);
    if (outcome.outcome !== 'rejected') counts[outcome.outcome] += 1;
  }
}

function outcomeOf(
  outcomes: ReadonlyMap<LegEvent, IngestOutcome>,
  [leg]: readonly LegEvent[],
): IngestOutcome | undefined {
  return leg === undefined ? undefined : outcomes.get(leg);
}

function isFileFault(error: unknown): error is Error & { code: string } {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^(CSV_|ENOENT|EACCES|EISDIR)/.test(code);
}
