import type { SharingChoice, SharingState } from '../../billing/index.ts';
import { RefillError } from '../../errors.ts';
import { type Money, parseDollars } from '../../money.ts';
import {
  describeDamage,
  findColumns,
  findWrongWidth,
  foldName,
  openTable,
  TableFault,
  type TableRow,
} from '../../tables/index.ts';

/** A row of a file of shares, as it is written. */
export interface ShareRow {
  line: number;
  office: string;
  dollars: string;
  /** Why it cannot be read. */
  fault?: string;
}

const COLUMNS = { office: [], dollars: ['amount'] } as const;
const WITHOUT_HEADER = new Map([
  ['office', 0],
  ['dollars', 1],
] as const);

/**
 * Reads a file of an office and its dollars a row, with or without a header, in any encoding and with any delimiter that a
 * spreadsheet writes. Throws RefillError `bad-argument`.
 */
export async function readSharesFile(path: string): Promise<ShareRow[]> {
  try {
    return await readRows(path);
  } catch (error) {
    if (error instanceof TableFault)
      throw new RefillError('bad-argument', `--shares: line ${error.line}: ${error.message}.`);
    if (error instanceof Error && 'syscall' in error)
      throw new RefillError('bad-argument', `--shares names no file that can be read: "${path}".`);
    throw error;
  }
}

async function readRows(path: string): Promise<ShareRow[]> {
  const { rows } = await openTable(path);
  const read: ShareRow[] = [];
  let places: ReadonlyMap<'office' | 'dollars', number> | null = null;
  let width = WITHOUT_HEADER.size;
  for await (const row of rows) {
    const isHeader: boolean = places === null && row.cells.some((cell) => foldName(cell) === 'office');
    places ??= isHeader ? placesOf(row) : WITHOUT_HEADER;
    if (isHeader) width = row.cells.length;
    else read.push(toShare(row, places, width));
  }
  return read;
}

function placesOf({ line, cells }: TableRow): ReadonlyMap<'office' | 'dollars', number> {
  const found = findColumns<'office' | 'dollars'>(cells, { known: COLUMNS, needed: ['office', 'dollars'] });
  if ('places' in found) return found.places;
  throw new TableFault(line, found.fault.replace('. Leave a column aside with --ignore "Column"', ''));
}

function toShare(
  { line, cells, fault }: TableRow,
  places: ReadonlyMap<'office' | 'dollars', number>,
  width: number,
): ShareRow {
  const [office, dollars] = [
    cells[places.get('office') ?? -1] ?? '',
    cells[places.get('dollars') ?? -1] ?? '',
  ];
  const damages = [
    [office, describeDamage(office, 'name')],
    [dollars, describeDamage(dollars, 'price')],
  ] as const;
  const [damage] = damages.flatMap(([cell, what]) => (what === null ? [] : [`"${cell}" ${what}`]));
  const wrong = fault ?? findWrongWidth(cells, width) ?? damage;
  return { line, office, dollars, ...(wrong === undefined ? {} : { fault: wrong }) };
}

/** Every office but the primary by its name; all faults of the file at once. Throws RefillError `bad-argument`. */
export function toShares(rows: readonly ShareRow[], { offices }: SharingState): SharingChoice['shares'] {
  const faults: string[] = [];
  const amounts = new Map<bigint, Money>();
  for (const { line, office: name, dollars, fault } of rows) {
    const of = offices.find(({ office }) => office.name.toLowerCase() === name.toLowerCase());
    const read = parseDollars(dollars);
    if (fault !== undefined) faults.push(`line ${line}: ${fault}`);
    else if (of === undefined) faults.push(`line ${line}: there is no office "${name}"`);
    else if (of.office.isPrimary)
      faults.push(`line ${line}: ${name} is the primary office and takes what remains`);
    else if (amounts.has(of.office.id)) faults.push(`line ${line}: ${name} stands there twice`);
    else if ('fault' in read) faults.push(`line ${line}: "${dollars}" is no amount of dollars like 12.50`);
    else amounts.set(of.office.id, read.amount);
  }
  if (faults.length > 0) throw new RefillError('bad-argument', `--shares: ${faults.join('; ')}.`);
  return [...amounts].map(([officeId, amount]) => ({ officeId, amount }));
}
