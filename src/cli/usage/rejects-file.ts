import { appendFile, rm, writeFile } from 'node:fs/promises';
import { BYTE_ORDER_MARK, exactCell, textCell } from '../../csv.ts';
import { RefillError } from '../../errors.ts';
import { describeFileError } from '../../file-errors.ts';
import { REJECTED_COLUMNS, type RejectedRow } from '../../usage/index.ts';

/** Rows that were refused, as a file that can be mended and imported again. */
export interface RejectsFile {
  path: string;
  add(row: RejectedRow): void;
  /** Writes what was added since. */
  flush(): Promise<void>;
}

/**
 * The file of an import's refused rows, with the line and the reason before each. `isFresh`: what an earlier import left there
 * goes; else it is continued. It exists where a row was refused.
 */
export async function openRejects(
  path: string,
  header: readonly string[],
  isFresh: boolean,
): Promise<RejectsFile> {
  const lineOf = (line: string, message: string, cells: readonly string[]): string =>
    `${[line, textCell(message), ...cells.map(exactCell)].join(',')}\r\n`;
  let hasHeader = !isFresh;
  let pending = '';
  const guard = async (work: Promise<void>): Promise<void> => {
    await work.catch((error: unknown) => {
      const reason = describeFileError(error);
      if (reason === null) throw error;
      throw new RefillError(
        'bad-file',
        `The refused rows cannot be written to ${path}: ${reason}. Name another file with --rejects.`,
      );
    });
  };
  if (isFresh) await guard(rm(path, { force: true }));
  return {
    path,
    add({ line, cells, message }) {
      pending += lineOf(String(line), message, cells);
    },
    async flush() {
      if (pending === '') return;
      const text = pending;
      pending = '';
      if (hasHeader) await guard(appendFile(path, text));
      else await guard(writeFile(path, `${BYTE_ORDER_MARK}${lineOf(...REJECTED_COLUMNS, header)}${text}`));
      hasHeader = true;
    },
  };
}
