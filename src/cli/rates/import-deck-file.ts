import path from 'node:path';
import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import {
  type Change,
  type DeckOptions,
  type DeckRow,
  formatPrefix,
  type ParsedDeck,
} from '../../rating/index.ts';
import { type DeckVersion, type ImportedDeck, importDeck } from '../../usage/index.ts';
import { readDeckFile } from './read-deck-file.ts';
import { readInstant } from './read-instant.ts';

interface ImportOptions {
  effective?: string;
  dryRun: boolean;
  force: boolean;
  samplePrices: boolean;
  /** How the file is to be read. */
  reading?: DeckOptions;
}

/** Rows of each change that are listed; more are counted only. */
const ROWS_LISTED = 20;

/**
 * Imports a deck file, or with `dryRun` only compares it, and says what it does to prices.
 * Throws RefillError `bad-argument`, `bad-deck`, `outliers`.
 */
export async function importRates(
  deps: { db: Db; clock: Clock; say: (line: string) => void },
  file: string,
  options: ImportOptions,
): Promise<ImportedDeck[]> {
  const parsed = await readDeckFile(file, options.reading);
  const imported = await importDeck(deps.db, {
    parsed,
    fileName: path.basename(file),
    effectiveAt: options.effective === undefined ? null : readInstant('--effective', options.effective),
    force: options.force || options.dryRun,
    fillWithSamples: options.samplePrices,
    dryRun: options.dryRun,
    actor: 'operator',
    at: deps.clock.now(),
  });
  if (options.dryRun) for (const line of describeColumns(parsed)) deps.say(line);
  if (options.dryRun)
    for (const { line, message: what } of parsed.outliers)
      deps.say(`line ${line}: ${what}; importing it takes --force`);
  for (const deck of imported) for (const line of describe(deck)) deps.say(line);
  return imported;
}

/** What each column of the file is taken for. */
function describeColumns({ columns }: ParsedDeck): string[] {
  return ['Columns:', ...columns.map(({ name, use }) => `  "${name}"  ${use}`)];
}

/** A version of the deck on a line; the one in force is marked. */
export function describeVersion(deck: DeckVersion): string {
  const mark = deck.isInForce ? '*' : ' ';
  const forced = deck.forcedCount === 0 ? '' : `, ${deck.forcedCount} forced`;
  return `${mark} version ${deck.version}  from ${inUtc(deck.effectiveAt)}  ${deck.rowCount} rows${forced}  ${deck.fileName}, imported ${inUtc(deck.importedAt)}`;
}

const OUTCOMES = {
  imported: (deck: ImportedDeck) => `Imported as version ${deck.version}`,
  unchanged: (deck: ImportedDeck) => `Nothing to import: version ${deck.version} has the same rates`,
  'dry-run': () => 'Not imported (dry run)',
};

function describe(deck: ImportedDeck): string[] {
  const { diff } = deck;
  const against = deck.comparedWith === null ? 'no rates before' : `against version ${deck.comparedWith}`;
  return [
    `${OUTCOMES[deck.outcome](deck)}: ${deck.rowCount} rows from ${inUtc(deck.effectiveAt)} on, ${against}.`,
    ...(deck.filled.length === 0 ? [] : [`  sample prices stand in for: ${deck.filled.join(', ')}`]),
    ...list('added', diff.added, (row) => `${nameOf(row)}  $${row.rate}`),
    ...list('removed', diff.removed, (row) => `${nameOf(row)}  $${row.rate}`),
    ...list('dearer', diff.dearer, describeChange),
    ...list('cheaper', diff.cheaper, describeChange),
    ...list('other increments or fees', diff.otherTerms, describeTerms),
    `  ${diff.unchanged} unchanged`,
    ...(deck.isRetroactive && deck.outcome !== 'unchanged'
      ? ['  Usage since then that is already charged keeps its price until you run: refill rates re-rate']
      : []),
  ];
}

function list<T>(what: string, rows: readonly T[], describeOne: (row: T) => string): string[] {
  if (rows.length === 0) return [];
  const more = rows.length - ROWS_LISTED;
  return [
    `  ${rows.length} ${what}:`,
    ...rows.slice(0, ROWS_LISTED).map((row) => `    ${describeOne(row)}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}

function nameOf(row: DeckRow): string {
  const parts = [
    row.kind === 'call' ? null : row.kind,
    row.licence,
    row.direction,
    row.origin === null ? null : `from ${row.origin}`,
    formatPrefix(row.prefix),
    row.destination,
  ];
  return parts.filter((part) => part !== null && part !== '').join(' ');
}

function describeChange({ before, after, percent }: Change): string {
  const change = percent === null ? '' : ` (${percent.startsWith('-') ? '' : '+'}${percent} %)`;
  return `${nameOf(after)}  $${before.rate} → $${after.rate}${change}`;
}

function describeTerms({ before, after }: Change): string {
  const terms = (row: DeckRow): string => `${row.firstSeconds}/${row.nextSeconds} + $${row.fee}`;
  return `${nameOf(after)}  ${terms(before)} → ${terms(after)}`;
}

function inUtc(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
