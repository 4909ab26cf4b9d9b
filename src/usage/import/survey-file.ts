import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { RefillError } from '../../errors.ts';
import {
  describeDamage,
  findWrongWidth,
  openTable,
  ROUNDED_ID_FAULT,
  RoundedIds,
  TableFault,
  type TableRow,
} from '../../tables/index.ts';
import {
  callOfRow,
  type FileShape,
  type ImportRow,
  idColumnsOf,
  keyOfRow,
  readShape,
  toRow,
} from './file-shapes.ts';
import { hashText, type RepeatedKeys, RowKeys } from './row-keys.ts';

/** A file as a whole, before anything of it is posted. */
export interface SurveyedFile {
  file: string;
  shape: FileShape;
  /** Rows below the header. */
  rows: number;
  /** SHA-256 of the file's bytes: another file of the same name is another import. */
  digest: string;
  ids: ReadonlyMap<string, RoundedIds>;
  repeated: RepeatedKeys;
  /** Calls and messages of several rows. */
  severalLegs: RepeatedKeys;
}

const ROWS_A_STEP = 10_000;

/**
 * Reads a file through: what it is by its header, how many rows it has, which of its ids were rounded and which rows say
 * different things of one id. Only with all rows can that be known. Throws RefillError `bad-file`, naming the line.
 */
export async function surveyFile(
  file: string,
  ignored: readonly string[],
  onProgress: (rows: number) => void,
): Promise<SurveyedFile> {
  const name = (line: number, message: string): RefillError =>
    new RefillError('bad-file', `${file}, line ${line}: ${message}. Nothing of it was posted.`);
  let shape: FileShape | null = null;
  let rows = 0;
  const ids = new Map<string, RoundedIds>();
  const keys = new RowKeys();
  const calls = new RowKeys();
  for await (const { line, cells, fault } of readRows(file)) {
    if (shape === null) {
      const read = fault === undefined ? readShape(cells, ignored) : { fault };
      if ('fault' in read) throw name(line, read.fault);
      ({ shape } = read);
      for (const column of idColumnsOf(shape)) ids.set(column, new RoundedIds());
      continue;
    }
    rows += 1;
    if (rows % ROWS_A_STEP === 0) onProgress(rows);
    if (fault !== undefined || cells.length < shape.width) continue;
    const row = toRow(shape, cells);
    for (const [column, rounded] of ids) rounded.take(row[column] ?? '');
    const key = keyOfRow(shape, row);
    if (key !== '') keys.take(hashText(key), hashText(Object.values(row).join('\u001F')));
    const call = callOfRow(shape, row);
    if (call !== null) calls.take(hashText(call), 0);
  }
  if (shape === null) throw name(1, 'the file is empty');
  const [repeated, severalLegs] = [keys.findRepeated(), calls.findRepeated()];
  return { file, shape, rows, digest: await digestOf(file), ids, repeated, severalLegs };
}

/** The rows of a file of usage, the header first. Throws RefillError `bad-file`. */
export async function* readRows(file: string): AsyncGenerator<TableRow> {
  try {
    const { rows } = await openTable(file, { isExact: true });
    yield* rows;
  } catch (error) {
    if (error instanceof TableFault)
      throw new RefillError('bad-file', `${file}, line ${error.line}: ${error.message}.`);
    if (error instanceof Error && 'syscall' in error)
      throw new RefillError('bad-file', `${file} cannot be read: ${error.message}`);
    throw error;
  }
}

/** A row of the file by its columns, or why it cannot be taken. */
export function judgeRow(
  { shape, ids, repeated }: SurveyedFile,
  { cells, fault }: TableRow,
): { row: ImportRow } | { message: string } {
  const wrong = fault ?? findWrongWidth(cells, shape.width);
  if (wrong !== null) return { message: wrong };
  const row = toRow(shape, cells);
  for (const { name, kind } of shape.columns) {
    const cell = row[name] ?? '';
    if (cell === '') continue;
    const damage =
      describeDamage(cell, kind) ?? (ids.get(name)?.isRounded(cell) === true ? ROUNDED_ID_FAULT : null);
    if (damage !== null) return { message: `${name}: "${cell.slice(0, 60)}" ${damage}` };
  }
  if (repeated.isClashing(hashText(keyOfRow(shape, row))))
    return {
      message: `${shape.columns[0]?.name}: other rows of this file have the same id and say something else; nobody can tell which is right`,
    };
  return { row };
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}
