import { type Db, inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import {
  type DeckDiff,
  type DeckKind,
  type DeckRow,
  diffDecks,
  type ParsedDeck,
  type RateDeck,
  toVersions,
  withSamplePrices,
} from '../../rating/index.ts';
import { deckRows, digestOf } from './deck-rows.ts';

export interface DeckImport {
  parsed: ParsedDeck;
  fileName: string;
  /** From when on the file's prices apply, where its rows do not say; null: from `at` on. */
  effectiveAt: Date | null;
  /** Import rates that stand out. */
  force: boolean;
  /** Complete a deck of minutes by the sample prices for all else. */
  fillWithSamples: boolean;
  /** Compare only. */
  dryRun: boolean;
  actor: string;
  at: Date;
}

/** What became of one version in the file: `version` is null where nothing was kept. */
export interface ImportedDeck {
  outcome: 'imported' | 'unchanged' | 'dry-run';
  version: bigint | null;
  effectiveAt: Date;
  rowCount: number;
  /** The version it was compared with: the one in force when it begins. */
  comparedWith: bigint | null;
  diff: DeckDiff;
  filled: DeckKind[];
  /** Usage since `effectiveAt` may have been charged at other prices. */
  isRetroactive: boolean;
}

interface InForce {
  version: bigint;
  effectiveAt: Date;
  digest: string;
  rows: DeckRow[];
}

/**
 * Imports a deck file, each of its effective dates as a version of its own, all or none (R18). The same prices from the
 * same time on are not imported twice. A dry run compares and keeps nothing.
 * Throws RefillError `bad-deck` on faults, `outliers` on rates that stand out without `force`, `bad-argument` where both
 * the file and the caller say from when on.
 */
export async function importDeck(db: Db, order: DeckImport): Promise<ImportedDeck[]> {
  refuseUnsafe(order);
  return await inTransaction(db, async (tx) => {
    // Imports wait for each other, so that each is compared with what is really in force; readers do not wait.
    await tx.$executeRaw`LOCK TABLE rate_deck IN SHARE ROW EXCLUSIVE MODE`;
    const imported: ImportedDeck[] = [];
    const begin = order.effectiveAt ?? order.at;
    const rows = order.parsed.rows.map((row) => ({ ...row, from: row.from ?? begin }));
    for (const deck of toVersions(rows)) imported.push(await importVersion(tx, order, deck));
    if (imported.some(({ outcome }) => outcome === 'imported')) await wakeUnrated(tx, order.at);
    return imported;
  });
}

/** Usage of any company that waits for a rate skips its backoff: the next sweep tries it. */
async function wakeUnrated(tx: Tx, at: Date): Promise<void> {
  await tx.usageInbox.updateMany({
    where: { reason: 'unrated', nextAttemptAt: { gt: at } },
    data: { nextAttemptAt: at, attempts: 0 },
  });
}

function refuseUnsafe({ parsed, force, effectiveAt }: DeckImport): void {
  const { faults, outliers, rows } = parsed;
  if (faults.length > 0 || rows.length === 0)
    throw new RefillError('bad-deck', 'A deck with faults is not imported.', { faults });
  if (effectiveAt !== null && rows.some(({ from }) => from !== null))
    throw new RefillError(
      'bad-argument',
      'The file says itself from when on its rates apply: drop one of both.',
    );
  if (force || outliers.length === 0) return;
  const lines = outliers.map(({ line, message }) => `  line ${line}: ${message}`);
  throw new RefillError(
    'outliers',
    ['These rates stand out. If they are meant, import them with --force:', ...lines].join('\n'),
    { outliers },
  );
}

async function importVersion(tx: Tx, order: DeckImport, deck: RateDeck): Promise<ImportedDeck> {
  const effectiveAt = deck.effectiveAt ?? order.effectiveAt ?? order.at;
  const { deck: whole, filled } = order.fillWithSamples ? withSamplePrices(deck) : { deck, filled: [] };
  const { rows } = whole;
  const before = await readInForce(tx, effectiveAt);
  const diff = diffDecks(before?.rows ?? null, rows);
  const isSame = before !== null && before.digest === digestOf(rows);
  const facts = {
    effectiveAt,
    rowCount: rows.length,
    comparedWith: before?.version ?? null,
    diff,
    filled,
    isRetroactive: effectiveAt < order.at,
  };
  if (isSame) return { ...facts, outcome: 'unchanged', version: before.version };
  if (order.dryRun) return { ...facts, outcome: 'dry-run', version: null };
  const { version } = await tx.rateDeck.create({
    data: {
      effectiveAt,
      fileName: order.fileName,
      digest: digestOf(rows),
      rowCount: rows.length,
      rows: rows.map((row) => ({ ...row })),
      forced: order.parsed.outliers.map((outlier) => ({ ...outlier })),
      importedBy: order.actor,
      importedAt: order.at,
    },
    select: { version: true },
  });
  return { ...facts, outcome: 'imported', version };
}

async function readInForce(tx: Tx, at: Date): Promise<InForce | null> {
  const row = await tx.rateDeck.findFirst({
    where: { effectiveAt: { lte: at } },
    orderBy: [{ effectiveAt: 'desc' }, { version: 'desc' }],
    select: { version: true, effectiveAt: true, digest: true, rows: true },
  });
  return row === null ? null : { ...row, rows: deckRows.parse(row.rows) };
}
