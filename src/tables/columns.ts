/** The columns that a kind of file has, and what people call each of them, beside its own name. */
export type KnownColumns<Column extends string> = Readonly<Record<Column, readonly string[]>>;

export interface WantedColumns<Column extends string> {
  known: KnownColumns<Column>;
  needed: readonly Column[];
  /** Names as the header has them, which the operator leaves aside. */
  ignored?: readonly string[];
}

/** Where each column stands; those that the file lacks are absent. */
export type ColumnPlaces<Column extends string> = ReadonlyMap<Column, number>;

const MAX_NAMED = 12;
const MAX_NAME_LENGTH = 40;

/** A name without case, blanks and marks: `Answered at`, `answered_at` and `AnsweredAt` are one. */
export function foldName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/**
 * Finds the columns of a header. Nothing is left aside in silence: a column that is missing, not known, or there twice is a
 * fault, and all of them are named at once.
 */
export function findColumns<Column extends string>(
  header: readonly string[],
  { known, needed, ignored = [] }: WantedColumns<Column>,
): { places: ColumnPlaces<Column> } | { fault: string } {
  const names = new Map<string, Column>();
  for (const [column, others] of entriesOf(known))
    for (const name of [column, ...others]) names.set(foldName(name), column);
  const aside = new Set(ignored.map(foldName));
  const places = new Map<Column, number>();
  const unknown: string[] = [];
  const twice: string[] = [];
  for (const [place, name] of header.entries()) {
    const folded = foldName(name);
    if (aside.has(folded)) continue;
    const column = names.get(folded);
    if (column === undefined) {
      if (name.trim() !== '') unknown.push(name.trim());
    } else if (places.has(column)) twice.push(name.trim());
    else places.set(column, place);
  }
  const missing = needed.filter((column) => !places.has(column));
  if (unknown.length + twice.length + missing.length === 0) return { places };
  return {
    fault: describeFault({ unknown, twice, missing, known: entriesOf(known).map(([column]) => column) }),
  };
}

function describeFault(found: {
  unknown: string[];
  twice: string[];
  missing: string[];
  known: string[];
}): string {
  const parts = [
    ...(found.missing.length === 0 ? [] : [`missing: ${list(found.missing)}`]),
    ...(found.twice.length === 0 ? [] : [`there twice: ${list(found.twice)}`]),
    ...(found.unknown.length === 0 ? [] : [`not known: ${list(found.unknown)}`]),
  ];
  const remedy =
    found.missing.length + found.twice.length === 0
      ? '. Leave a column aside with --ignore "Column"'
      : `. Columns there can be: ${found.known.join(', ')}`;
  return `${parts.join('; ')}${remedy}`;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMED).map((name) => `"${name.slice(0, MAX_NAME_LENGTH)}"`);
  return [...shown, ...(names.length > MAX_NAMED ? [`and ${names.length - MAX_NAMED} more`] : [])].join(', ');
}

function entriesOf<Column extends string>(known: KnownColumns<Column>): [Column, readonly string[]][] {
  return Object.entries(known) as [Column, readonly string[]][];
}
