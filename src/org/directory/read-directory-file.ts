import { parse } from 'csv-parse/sync';
import { z } from 'zod';

/** A fault of a file, in the terms of its author. */
export interface FileFault {
  file: string;
  line: number;
  message: string;
}

/** The columns of each file and what people call them. Compared without case, spaces and marks. */
const COLUMNS = {
  offices: {
    ref: ['id', 'officeid', 'ref'],
    name: ['name', 'office', 'officename'],
    country: ['country', 'countrycode'],
    localPrefixes: ['localprefixes', 'localarea', 'includedprefixes'],
  },
  members: {
    ref: ['id', 'userid', 'memberid', 'ref'],
    name: ['name', 'displayname', 'fullname', 'user'],
    email: ['email', 'emailaddress', 'mail'],
    office: ['office', 'officename', 'officeid'],
    department: ['department', 'departmentname', 'group', 'team'],
    licence: ['licence', 'license', 'plan'],
    kind: ['kind', 'type'],
  },
  numbers: {
    number: ['number', 'phonenumber', 'phone'],
    kind: ['kind', 'type', 'numbertype'],
    office: ['office', 'officename', 'officeid'],
    department: ['department', 'departmentname', 'group'],
    member: ['member', 'memberid', 'user', 'userid', 'email', 'assignedto'],
  },
} as const;

export type DirectoryFile = keyof typeof COLUMNS;
type Cells<F extends DirectoryFile> = Record<keyof (typeof COLUMNS)[F], string>;
export type DirectoryLine<F extends DirectoryFile> = Cells<F> & { line: number };

const records = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }));

/**
 * Reads one file of the directory: a header row in any usual words, then a row a thing. Cells of columns that the file
 * does not have are empty. A file without its first named column is a fault of line 1.
 */
export function readDirectoryFile<F extends DirectoryFile>(
  file: F,
  text: string,
): { lines: DirectoryLine<F>[]; faults: FileFault[] } {
  const fail = (line: number, message: string) => ({ lines: [], faults: [{ file, line, message }] });
  let rows: z.output<typeof records>;
  try {
    const parsed: unknown = parse(text, {
      bom: true,
      info: true,
      delimiter: [',', ';', '\t'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    });
    rows = records.parse(parsed);
  } catch (error) {
    return fail(1, `this is not CSV: ${(error as Error).message}`);
  }
  const [header, ...rest] = rows;
  if (header === undefined) return fail(1, 'the file is empty');
  const names = header.record.map((cell) => cell.toLowerCase().replace(/[^a-z]/g, ''));
  const places = Object.entries(COLUMNS[file]).map(
    ([column, headings]) =>
      [column, names.findIndex((name) => (headings as readonly string[]).includes(name))] as const,
  );
  const needed = file === 'numbers' ? 'number' : 'name';
  if (places.some(([column, place]) => column === needed && place < 0)) {
    return fail(1, `no column is called "${needed}"`);
  }
  return {
    lines: rest.map(
      ({ record, info }) =>
        ({
          ...Object.fromEntries(places.map(([column, place]) => [column, record[place] ?? ''])),
          line: info.lines,
        }) as DirectoryLine<F>,
    ),
    faults: [],
  };
}
