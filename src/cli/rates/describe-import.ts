import { formatDollars } from '../../money.ts';
import { type DeckFacts, type DeckRow, formatPrefix } from '../../rating/index.ts';
import {
  type DeckChanges,
  type DeckVersion,
  type Ending,
  type ImportedDeck,
  type Listed,
  nameGroup,
  type PriceChange,
} from '../../usage/index.ts';

const OUTCOMES = {
  imported: ({ version }: ImportedDeck) => `Imported as version ${version}`,
  unchanged: () => 'Nothing to import: these rates are in force already',
  'dry-run': () => 'Not imported (dry run)',
};

/** What each column of a file is taken for. */
export function describeColumns({ columns }: DeckFacts): string[] {
  return ['Columns:', ...columns.map(({ name, use }) => `  "${name}"  ${use}`)];
}

/** An import of the rates on a line; what prices usage now is marked. */
export function describeVersion(deck: DeckVersion): string {
  const mark = deck.isInForce ? '*' : ' ';
  const forced = deck.forcedCount === 0 ? '' : `, ${deck.forcedCount} forced`;
  const changes = deck.mode === 'changes' ? ' of changes' : '';
  return (
    `${mark} version ${deck.version}  from ${inUtc(deck.effectiveAt)}  ${deck.rowCount} rows${changes}, ` +
    `${deck.inForceCount} in force${forced}  ${deck.fileName}, imported ${inUtc(deck.importedAt)}`
  );
}

/** What an import does to prices, a line each. */
export function describeImport(deck: ImportedDeck): string[] {
  const { changes, filled, shrinking, untouched } = deck;
  return [
    `${OUTCOMES[deck.outcome](deck)}: ${countOf(deck.rowCount, 'row')} from ${inUtc(deck.beginsAt)} on.`,
    ...describeTerms(changes),
    ...(filled.length === 0 ? [] : [`  sample prices stand in for: ${filled.join(', ')}`]),
    ...list('added', changes.added, (row) => `${nameOf(row)}  ${priceOf(row)}`),
    ...list('dearer', changes.dearer, describeChange),
    ...list('cheaper', changes.cheaper, describeChange),
    ...list('with other increments or fees', changes.otherTerms, describeChange),
    ...list('blocked: no price, and no other row prices them', changes.blocked, nameOf),
    ...list('ended', changes.ended, describeEnding),
    `  ${changes.unchanged} unchanged`,
    ...(changes.overtaken === 0
      ? []
      : [
          `  ${changes.overtaken} only until rows of earlier imports with later dates begin: those price from then on`,
        ]),
    ...shrinking.map(
      (group) =>
        `  ${group.ending} of ${group.rows} rows of ${nameGroup(group)} end, as the file lacks them: this takes --force, or --changes`,
    ),
    ...untouched.map(
      (group) => `  ${group.rows} rows of ${nameGroup(group)} stay: the file has none of these`,
    ),
    ...deck.rises.map(
      ({ company, before, after, difference }) =>
        `  ${company} pays ${formatDollars(difference, 2)} more for the last 30 days: ${formatDollars(after, 2)} instead of ${formatDollars(before, 2)}`,
    ),
    ...(deck.isRetroactive && deck.outcome !== 'unchanged'
      ? ['  Usage since then that is already charged keeps its price until you run: refill rates re-rate']
      : []),
  ];
}

/** In how many ways the rows are billed; what the file did not say is marked. */
function describeTerms({ terms }: DeckChanges): string[] {
  return terms.map(({ firstSeconds, nextSeconds, isDefault, hasFee, isTimed, rows }) => {
    const increments = `${firstSeconds}/${nextSeconds} seconds${isDefault ? ' (default: the file does not say)' : ''}`;
    const fee = hasFee ? ', with a fee' : '';
    return `  ${countOf(rows, 'row')} billed ${isTimed ? `in ${increments}` : 'by the piece'}${fee}`;
  });
}

function list<T>(what: string, { count, first }: Listed<T>, describeOne: (row: T) => string): string[] {
  if (count === 0) return [];
  const more = count - first.length;
  return [
    `  ${count} ${what}:`,
    ...first.map((row) => `    ${describeOne(row)}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}

function nameOf(row: Omit<DeckRow, 'rate' | 'firstSeconds' | 'nextSeconds' | 'fee' | 'isBlocked'>): string {
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

/** `$0.0120, 30/6 + $0.005`: what is billed, as a row says it. */
function priceOf({ kind, rate, firstSeconds, nextSeconds, fee }: DeckRow): string {
  const isTimed = kind === 'call' || kind === 'local' || kind === 'toll_free';
  return `$${rate}${isTimed ? `, ${firstSeconds}/${nextSeconds}` : ''}${fee === '0' ? '' : ` + $${fee}`}`;
}

function describeChange({ before, after, percent }: PriceChange): string {
  const change =
    percent === null || percent === '0' ? '' : ` (${percent.startsWith('-') ? '' : '+'}${percent} %)`;
  return `${nameOf(after)}  ${priceOf(before)} → ${priceOf(after)}${change}`;
}

function describeEnding({ successor, at, ...row }: Ending): string {
  const next = typeof successor === 'string' ? successor : `${successor.place} prices it, ${successor.rate}`;
  return `${nameOf(row)}  on ${inUtc(at)}; then ${next}`;
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function inUtc(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
