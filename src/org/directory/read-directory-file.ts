import {
  type CellKind,
  describeDamage,
  findColumns,
  findWrongWidth,
  type KnownColumns,
  ROUNDED_ID_FAULT,
  RoundedIds,
  readTable,
  TableFault,
  type TableRow,
} from '../../tables/index.ts';

/** A fault of a file, in the terms of its author. */
export interface FileFault {
  file: string;
  line: number;
  message: string;
}

/** The columns of each file and what people call them. Compared without case, spaces and marks. */
const COLUMNS = {
  offices: {
    ref: ['id', 'officeid'],
    name: ['office', 'officename'],
    country: ['countrycode'],
    localPrefixes: ['localarea', 'includedprefixes'],
  },
  members: {
    ref: ['id', 'userid', 'memberid'],
    name: ['displayname', 'fullname', 'user'],
    email: ['emailaddress', 'mail'],
    office: ['officename', 'officeid'],
    department: ['departmentname', 'group', 'team'],
    licence: ['license', 'plan'],
    kind: ['type'],
  },
  numbers: {
    number: ['phonenumber', 'phone'],
    kind: ['type', 'numbertype'],
    office: ['officename', 'officeid'],
    department: ['departmentname', 'group'],
    member: ['memberid', 'user', 'userid', 'email', 'assignedto'],
  },
} as const satisfies Record<string, KnownColumns<string>>;
/** What else than names the columns hold. */
const KINDS: Readonly<Record<string, CellKind>> = {
  ref: 'id',
  member: 'id',
  number: 'number',
  localPrefixes: 'number',
};
const NEEDED = { offices: ['name'], members: ['name'], numbers: ['number'] } as const;

export type DirectoryFile = keyof typeof COLUMNS;
type Cells<F extends DirectoryFile> = Record<keyof (typeof COLUMNS)[F], string>;
export type DirectoryLine<F extends DirectoryFile> = Cells<F> & { line: number };

/** A file with more faults is of another shape: reading it further says nothing new. */
const MAX_FAULTS = 100;

export interface DirectoryFileRead<F extends DirectoryFile> {
  lines: DirectoryLine<F>[];
  faults: FileFault[];
}

/**
 * Reads one file of the directory, in any form that a spreadsheet writes: a header row in any usual words, then a row a
 * thing. Cells of columns that the file does not have are empty; columns that are not known are faults but for those
 * `ignored`. Throws nothing.
 */
export function readDirectoryFile<F extends DirectoryFile>(
  file: F,
  text: string,
  ignored: readonly string[] = [],
): DirectoryFileRead<F> {
  const reader = new DirectoryRows(file, ignored);
  try {
    for (const row of readTable(text).rows) reader.take(row);
  } catch (error) {
    if (!(error instanceof TableFault)) throw error;
    reader.fail(error.line, error.message);
  }
  return reader.finish();
}

class DirectoryRows<F extends DirectoryFile> {
  private header: { cells: readonly string[]; places: ReadonlyMap<string, number> } | null = null;
  private isRefused = false;
  private readonly lines: DirectoryLine<F>[] = [];
  private readonly faults: FileFault[] = [];
  private readonly ids = new RoundedIds();

  constructor(
    private readonly file: F,
    private readonly ignored: readonly string[],
  ) {}

  take({ line, cells, fault }: TableRow): void {
    if (this.header === null) this.takeHeader(line, cells);
    else if (!this.isRefused && this.faults.length < MAX_FAULTS) {
      const { places } = this.header;
      const wrong = fault ?? findWrongWidth(cells, this.header.cells.length) ?? this.findDamage(cells);
      if (wrong !== null) {
        this.fail(line, wrong);
        return;
      }
      const columns = Object.keys(COLUMNS[this.file]).map((column) => [
        column,
        cells[places.get(column) ?? -1] ?? '',
      ]);
      this.ids.take(cells[places.get('ref') ?? -1] ?? '');
      this.lines.push({ ...Object.fromEntries(columns), line } as DirectoryLine<F>);
    }
  }

  fail(line: number, message: string): void {
    this.faults.push({ file: this.file, line, message });
  }

  finish(): DirectoryFileRead<F> {
    if (this.header === null && this.faults.length === 0) this.fail(1, 'the file is empty');
    for (const each of this.lines) {
      const ref = 'ref' in each && typeof each.ref === 'string' ? each.ref : '';
      if (this.ids.isRounded(ref)) this.fail(each.line, `the id "${ref}" ${ROUNDED_ID_FAULT}`);
    }
    return { lines: this.lines, faults: this.faults };
  }

  private takeHeader(line: number, cells: readonly string[]): void {
    const known: KnownColumns<string> = COLUMNS[this.file];
    const found = findColumns(cells, { known, needed: NEEDED[this.file], ignored: this.ignored });
    if ('fault' in found) {
      this.isRefused = true;
      this.fail(line, `this is no list of ${this.file}: ${found.fault}`);
    }
    this.header = { cells, places: 'places' in found ? found.places : new Map() };
  }

  private findDamage(cells: readonly string[]): string | null {
    for (const [column, place] of this.header?.places ?? []) {
      const cell = cells[place] ?? '';
      const damage = describeDamage(cell, KINDS[column] ?? 'name');
      if (damage !== null) return `${this.header?.cells[place] ?? column} "${cell}" ${damage}`;
    }
    return null;
  }
}
