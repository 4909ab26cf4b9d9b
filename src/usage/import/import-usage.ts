import { fromMicros, type Money } from '../../money.ts';
import { readNumberKey } from '../../org/index.ts';
import type { TableRow } from '../../tables/index.ts';
import type { IngestDeps } from '../ingest/ingest-deps.ts';
import { type ImportRow, keyOfRow, readRejected } from './file-shapes.ts';
import { type ImportCounts, noCounts } from './import-counts.ts';
import {
  createPoster,
  type GoodRow,
  ingestRows,
  type RowContext,
  type Taken,
  type Taker,
} from './ingest-rows.ts';
import { hashText } from './row-keys.ts';
import { createRowParser, type RowParser } from './row-parser.ts';
import { readRows, type SurveyedFile } from './survey-file.ts';
import { createTrial, readDebt } from './try-rows.ts';

export interface UsageImport {
  companyId: bigint;
  survey: SurveyedFile;
  /** Judge only: nothing is posted or stored. */
  dryRun: boolean;
  /** What earlier runs of this file came to; its rows are not taken again. */
  before?: ImportCounts;
  /** After each batch: what the file came to so far, and what the company owed before this run. */
  onProgress(so: { counts: ImportCounts; debt: Money }): Promise<void>;
  /** A row that was refused, as it stands in the file. */
  onReject(reject: RejectedRow): void;
}

export interface RejectedRow {
  line: number;
  cells: readonly string[];
  message: string;
}

export interface ImportResult {
  counts: ImportCounts;
  /** What the company was overdrawn by in all before this run, and is after it; in a dry run, would be. */
  debt: { before: Money; after: Money };
}

const BATCH = 1_000;

/**
 * Takes the usage of a file that was surveyed: a batch is read, posted and forgotten, so that it may be of any size. What
 * was posted before is not posted again (R23). A row that is refused holds up no other.
 * Throws RefillError `bad-file`, and what the database throws while it is unavailable: a second run continues.
 */
export async function importUsage(deps: IngestDeps, order: UsageImport): Promise<ImportResult> {
  const { companyId, survey, dryRun } = order;
  const context = { companyId, numberKey: await readNumberKey(deps, companyId) };
  const before = await readDebt(deps.db, companyId, deps.clock.now());
  const trial = dryRun ? await createTrial(deps, context) : null;
  const parser = await createRowParser(deps.db, context, survey);
  const run = new ImportRun(
    deps,
    order,
    { context, parser, taker: trial ?? createPoster(deps, context) },
    before,
  );
  let toSkip = 1 + (order.before?.rows ?? 0);
  for await (const row of readRows(survey.file)) {
    if (toSkip > 0) toSkip -= 1;
    else await run.take(row);
  }
  await run.flush();
  const after =
    trial === null ? await readDebt(deps.db, companyId, deps.clock.now()) : await trial.findDebt();
  return { counts: run.counts, debt: { before, after } };
}

class ImportRun {
  readonly counts: ImportCounts;
  private batch: TableRow[] = [];
  /** Calls of several legs that this run has taken, as numbers. */
  private readonly calls = new Set<number>();
  /** Rows that stand several times in the file and were taken once. */
  private readonly twins = new Set<number>();

  constructor(
    private readonly deps: IngestDeps,
    private readonly order: UsageImport,
    private readonly parts: { context: RowContext; parser: RowParser; taker: Taker },
    private readonly debt: Money,
  ) {
    this.counts = { ...(order.before ?? noCounts()) };
  }

  async take(row: TableRow): Promise<void> {
    this.batch.push(row);
    if (this.batch.length === BATCH) await this.flush();
  }

  async flush(): Promise<void> {
    const { batch, counts } = this;
    this.batch = [];
    if (batch.length === 0) return;
    const { context, parser, taker } = this.parts;
    await parser.refresh();
    const good: GoodRow[] = [];
    for (const table of batch) {
      counts.rows += 1;
      const judged = parser.parse(table);
      if ('message' in judged) this.reject(table, judged.message);
      else if ('event' in judged.read && this.isTwin(judged.row)) counts.already += 1;
      else good.push({ table, ...judged });
    }
    for (const taken of await ingestRows(this.deps, context, taker, good)) this.count(taken);
    await this.order.onProgress({ counts, debt: this.debt });
  }

  private reject({ line, cells }: TableRow, message: string): void {
    const { shape } = this.order.survey;
    this.counts.rejected += 1;
    const own = cells.slice(shape.width - shape.header.length).map((cell) => readRejected(shape, cell));
    this.order.onReject({ line, cells: own, message });
  }

  private count({ good, key, priced: { outcome, cost } }: Taken): void {
    const { counts } = this;
    const isLaterLeg = good.hasOtherLegs && this.isLaterLeg(key);
    if (cost !== null) counts.cost = counts.cost.plus(cost);
    const change = 'legs' in good.read ? good.read.clockChange : undefined;
    if (change !== undefined) counts[change === 'repeated' ? 'repeatedTimes' : 'skippedTimes'] += 1;
    switch (outcome.outcome) {
      case 'posted':
        counts.posted += 1;
        if (cost?.isZero() === true) counts.free += 1;
        if (!outcome.isAttributed) counts.unattributed += 1;
        if ('legs' in good.read && good.read.isWithoutText === true) counts.withoutText += 1;
        this.countInFile(good);
        return;
      case 'adjusted':
        if (!isLaterLeg) counts.adjusted += 1;
        return;
      case 'duplicate':
      case 'queued':
        if (!isLaterLeg) counts.already += 1;
        return;
      case 'unrated':
        if (!isLaterLeg) counts.unrated += 1;
        return;
      case 'waiting':
        counts.waiting += 1;
        return;
      case 'conflict':
        counts.conflicts += 1;
        this.reject(good.table, outcome.message);
        return;
      case 'rejected':
        this.reject(good.table, outcome.message);
    }
  }

  private countInFile({ read }: GoodRow): void {
    const micros = 'event' in read ? read.original?.costMicros : undefined;
    if (micros === undefined || micros === null) return;
    const { counts } = this;
    counts.costInFile = (counts.costInFile ?? counts.cost.times(0)).plus(fromMicros(micros));
  }

  /** Legs of one call may lie in different batches: they are one record. */
  private isLaterLeg(call: string): boolean {
    const number = hashText(call);
    const isKnown = this.calls.has(number);
    this.calls.add(number);
    return isKnown;
  }

  /** In a dry run the books do not know of a row's twin in an earlier batch. */
  private isTwin(row: ImportRow): boolean {
    const { dryRun, survey } = this.order;
    if (!dryRun) return false;
    const number = hashText(keyOfRow(survey.shape, row));
    if (!survey.repeated.has(number)) return false;
    const isKnown = this.twins.has(number);
    this.twins.add(number);
    return isKnown;
  }
}
