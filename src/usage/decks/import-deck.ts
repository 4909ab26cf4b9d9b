import { type Db, inTransaction, type RateDeckMode, type Tx } from '../../db/index.ts';
import { MINUTE_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import { raiseOperatorNotice } from '../../org/index.ts';
import {
  type DeckFile,
  type DeckKind,
  type DeckRow,
  type FileRow,
  sampleRowsFor,
} from '../../rating/index.ts';
import { type DeckChanges, readChanges } from './deck-changes.ts';
import { listImports, newestOf } from './deck-imports.ts';
import { findRises, type Rise } from './find-rises.ts';
import { findLacking, type GroupFacts, judgeRows, listGroups, storeRows } from './judge-rows.ts';
import { stageRows } from './stage-rows.ts';

export interface DeckImport {
  deck: DeckFile;
  fileName: string;
  /** From when on the file's prices apply; null: from the later of now and its earliest date. */
  from: Date | null;
  mode: RateDeckMode;
  /** Import rates that stand out, and end much of what is in force. */
  force: boolean;
  /** Complete a deck of minutes by the sample prices for all else that nothing prices. */
  fillWithSamples: boolean;
  /** Compare only. */
  dryRun: boolean;
  actor: string;
  at: Date;
  /** Takes how many rows have gone to the database. */
  onProgress?: (rows: number) => void;
}

/** The result of an import: `version` is null where nothing was stored. */
export interface ImportedDeck {
  outcome: 'imported' | 'unchanged' | 'dry-run';
  version: bigint | null;
  mode: RateDeckMode;
  beginsAt: Date;
  /** Rows of the file, a prefix each. */
  rowCount: number;
  /** Rows that were stored: what the file changes, and the ends of what it lacks. */
  stored: number;
  changes: DeckChanges;
  /** Groups of which more ends than a slip should. */
  shrinking: GroupFacts[];
  /** Groups that the file has no row of: they stay. */
  untouched: GroupFacts[];
  filled: DeckKind[];
  /** Companies that pay more than 10 % more for what they used in the last 30 days. */
  rises: Rise[];
  /** Usage since `beginsAt` may have been charged at other prices. */
  isRetroactive: boolean;
}

/** A full import that ends more of a group's rows than this needs force. */
const MAX_ENDING = 0.1;
/** A large deck takes its time, and no usage waits for it. */
const TIMEOUT_MS = 10 * MINUTE_MS;

/** Carries a report out of a transaction that must leave nothing behind. */
class RolledBack extends Error {
  constructor(readonly report: ImportedDeck) {
    super('nothing is kept');
  }
}

/**
 * Imports a deck file, all or nothing (R18): its rows are in force from their dates on, and a full one ends the rows of its
 * groups that it lacks. What says again what is in force is not stored. A dry run reports and keeps nothing.
 * Throws RefillError `bad-deck` on faults, `outliers` on rates that stand out without `force`, `deck-shrinks` where more than
 * a tenth of a group would end without it. Applies R18.9.
 */
export async function importDeck(db: Db, order: DeckImport): Promise<ImportedDeck> {
  refuseUnsafe(order);
  try {
    return await inTransaction(db, (tx) => importInto(tx, order), { timeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (error instanceof RolledBack) return error.report;
    throw error;
  }
}

function refuseUnsafe({ deck, force, dryRun }: DeckImport): void {
  const { faults, outliers } = deck;
  if (faults.length > 0) throw new RefillError('bad-deck', 'A deck with faults is not imported.', { faults });
  if (force || dryRun || outliers.length === 0) return;
  const lines = outliers.map(({ line, message }) => `  line ${line}: ${message}`);
  throw new RefillError(
    'outliers',
    ['These rates stand out. If they are meant, import them with --force:', ...lines].join('\n'),
    { outliers },
  );
}

async function importInto(tx: Tx, order: DeckImport): Promise<ImportedDeck> {
  // A statement over a large deck may take longer than one of the app; the transaction ends in time all the same.
  await tx.$executeRaw`SET LOCAL statement_timeout = 0`;
  // Imports wait for each other, so that each is compared with what is really in force; who reads does not wait.
  await tx.$executeRaw`LOCK TABLE rate_deck IN SHARE ROW EXCLUSIVE MODE`;
  const beginsAt = beginOf(order);
  const filled = new Set<DeckKind>();
  const previous = newestOf(await listImports(tx));
  const { onProgress = () => undefined } = order;
  const { count, digest } = await stageRows(tx, complete(tx, order, { beginsAt, filled }), {
    beginsAt,
    before: previous?.digest ?? '',
    onProgress,
  });
  if (count === 0) throw new RefillError('bad-deck', 'A deck without rows is not imported.');
  await judgeRows(tx);
  await findLacking(tx, order.mode, beginsAt);
  const groups = await listGroups(tx, beginsAt);
  const shrinking = groups.filter(({ rows, ending }) => ending > rows * MAX_ENDING);
  if (!order.dryRun && !order.force) refuseShrinking(shrinking);
  const changeTimes = await listChangeTimes(tx);
  const { version } = await tx.rateDeck.create({
    data: {
      effectiveAt: beginsAt,
      fileName: order.fileName,
      digest,
      mode: order.mode,
      rowCount: count,
      changeTimes,
      forced: order.deck.outliers.map((outlier) => ({ ...outlier })),
      importedBy: order.actor,
      importedAt: order.at,
    },
    select: { version: true },
  });
  const stored = await storeRows(tx, version, count);
  const report: ImportedDeck = {
    outcome: order.dryRun ? 'dry-run' : stored === 0 ? 'unchanged' : 'imported',
    version: order.dryRun || stored === 0 ? null : version,
    mode: order.mode,
    beginsAt,
    rowCount: count,
    stored,
    changes: await readChanges(tx, version),
    shrinking,
    untouched: groups.filter(({ isNamed }) => !isNamed),
    filled: [...filled],
    rises:
      stored === 0
        ? []
        : await findRises(tx, {
            version,
            previous: previous?.version ?? 0n,
            at: await readLastStart(tx, beginsAt),
            now: order.at,
          }),
    isRetroactive: await hasRowsBefore(tx, order.at),
  };
  if (report.outcome !== 'imported') throw new RolledBack(report);
  await wakeUnrated(tx, order.at);
  for (const rise of report.rises) await tellRise(tx, order, version, rise);
  return report;
}

/** A file begins at `--from`, else at the later of now and its earliest date. */
function beginOf({ from, at, deck: { earliest } }: DeckImport): Date {
  return from ?? (earliest !== null && earliest > at ? earliest : at);
}

/**
 * The file's rows, and with `fillWithSamples` sample prices for what neither it nor what is in force prices at all; `filled` gets
 * their kinds.
 */
async function* complete(
  tx: Tx,
  { deck, fillWithSamples }: DeckImport,
  { beginsAt, filled }: { beginsAt: Date; filled: Set<DeckKind> },
): AsyncGenerator<FileRow> {
  const priced = new Map<string, Pick<DeckRow, 'kind' | 'licence'>>();
  for await (const row of deck.rows) {
    const { kind, licence } = row.row;
    priced.set(`${kind} ${licence}`, { kind, licence });
    yield row;
  }
  if (!fillWithSamples) return;
  const inForce = await tx.$queryRaw<Pick<DeckRow, 'kind' | 'licence'>[]>`
    SELECT DISTINCT kind, licence FROM (
      SELECT DISTINCT ON (key) * FROM rate_row WHERE kind <> 'call' AND starts_at <= ${beginsAt}
      ORDER BY key, starts_at DESC, version DESC) AS newest
    WHERE state <> 'closed' AND (ends_at IS NULL OR ends_at > ${beginsAt})`;
  for (const row of sampleRowsFor([...priced.values(), ...inForce])) {
    filled.add(row.kind);
    yield { line: 0, from: null, to: null, isClosed: false, hasDefaultIncrements: false, row };
  }
}

async function hasRowsBefore(tx: Tx, at: Date): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ has: boolean }[]>`
    SELECT EXISTS (SELECT FROM staged WHERE starts_at < ${at}) AS has`;
  return row?.has === true;
}

function refuseShrinking(shrinking: readonly GroupFacts[]): void {
  if (shrinking.length === 0) return;
  const lines = shrinking.map((group) => `  ${nameGroup(group)}: ${group.ending} of ${group.rows} rows`);
  throw new RefillError(
    'deck-shrinks',
    [
      'The file lacks so many rows of what it prices that they may have been lost. If it holds changes only, import it with',
      '--changes; if these rows are meant to end, with --force:',
      ...lines,
    ].join('\n'),
    { groups: shrinking.map((group) => ({ ...group })) },
  );
}

/** A group in words: `call, outbound, from US`. */
export function nameGroup({
  kind,
  licence,
  direction,
  origin,
}: Omit<GroupFacts, 'rows' | 'ending' | 'isNamed'>): string {
  return [kind, licence, direction, origin === null ? null : `from ${origin}`]
    .filter((part) => part !== null)
    .join(', ');
}

/** When the last of the file's rows begins: from then on all of its prices are in force. */
async function readLastStart(tx: Tx, beginsAt: Date): Promise<Date> {
  const [row] = await tx.$queryRaw<
    { at: Date | null }[]
  >`SELECT max(starts_at) AS at FROM judged WHERE is_stored`;
  return row?.at === null || row === undefined || row.at < beginsAt ? beginsAt : row.at;
}

async function tellRise(tx: Tx, { fileName, at }: DeckImport, version: bigint, rise: Rise): Promise<void> {
  await raiseOperatorNotice(tx, {
    kind: 'rates-rise',
    companyId: rise.companyId,
    subject: String(version),
    details: {
      file: fileName,
      before: rise.before.toFixed(2),
      after: rise.after.toFixed(2),
      difference: rise.difference.toFixed(2),
    },
    at,
  });
}

async function listChangeTimes(tx: Tx): Promise<Date[]> {
  const times = await tx.$queryRaw<{ at: Date }[]>`
    SELECT starts_at AS at FROM judged WHERE is_stored
    UNION SELECT ends_at FROM judged WHERE is_stored AND ends_at IS NOT NULL
    UNION SELECT at FROM lacking ORDER BY 1`;
  return times.map(({ at }) => at);
}

/** Usage of any company that waits for a rate skips its backoff: the next sweep tries it. */
async function wakeUnrated(tx: Tx, at: Date): Promise<void> {
  await tx.usageInbox.updateMany({
    where: { reason: 'unrated', nextAttemptAt: { gt: at } },
    data: { nextAttemptAt: at, attempts: 0 },
  });
}
