import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { z } from 'zod';
import { type PlainErrorCode, RefillError } from '../../errors.ts';
import { describeFileError } from '../../file-errors.ts';
import { END_OF_TABLE, tableLine } from './format.ts';

const NEWLINE = 0x0a;
const MAX_LINE = 1024 * 1024;

/** What such a file is to the operator: `noun` in "it is no backup", `verb` in "Restore it", `done` in "cannot be restored". */
export interface TableFileKind {
  /** Of what is wrong with the file itself. */
  readonly code: PlainErrorCode;
  /** Of a file that another version of Refill made. */
  readonly versionCode: PlainErrorCode;
  readonly noun: string;
  readonly verb: string;
  readonly done: string;
}

/**
 * Reads a file of tables from its beginning to its end, once: lines of JSON, and rows of tables between them. What is wrong with the
 * file is thrown as RefillError under the code of its kind.
 */
export class TableFile {
  private readonly chunks: AsyncIterator<Buffer>;
  private readonly hash = createHash('sha256');
  private rest = Buffer.alloc(0);

  constructor(
    private readonly file: string,
    private readonly kind: TableFileKind,
  ) {
    const source = createReadStream(file);
    const unpacked = createGunzip();
    source.on('error', (error) => unpacked.destroy(error));
    this.chunks = source.pipe(unpacked)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** A line of JSON. `isHashed`: it counts in the checksum. */
  async readLine<T>(schema: z.ZodType<T>, { isHashed = true } = {}): Promise<T> {
    let end = this.rest.indexOf(NEWLINE);
    while (end === -1) {
      if (this.rest.length > MAX_LINE || !(await this.more()))
        throw this.bad(`it is cut off, or no ${this.kind.noun}`);
      end = this.rest.indexOf(NEWLINE);
    }
    const line = this.take(end + 1);
    if (isHashed) this.hash.update(line);
    const parsed = schema.safeParse(parseJson(line.toString('utf8')));
    if (!parsed.success) throw this.bad(`it is no ${this.kind.noun} that this version of Refill can read`);
    return parsed.data;
  }

  /** The rows of a table as COPY takes them, up to the line that ends them. */
  async *readRows(): AsyncGenerator<Buffer> {
    for (;;) {
      const end = this.findEnd();
      if (end !== -1) {
        const rows = this.take(end);
        this.hash.update(rows);
        this.hash.update(this.take(END_OF_TABLE.length));
        if (rows.length > 0) yield rows;
        return;
      }
      // Whole lines only, so that what is left begins with one.
      const rows = this.take(this.rest.lastIndexOf(NEWLINE) + 1);
      this.hash.update(rows);
      if (rows.length > 0) yield rows;
      if (!(await this.more())) throw this.bad('it is cut off');
    }
  }

  /** Reads on to the end, so many tables, without taking anything of them. Throws where the file is cut off or was changed. */
  async skipToEnd<T extends { sha256: string }>(tables: number, end: z.ZodType<T>): Promise<void> {
    for (let i = 0; i < tables; i += 1) {
      await this.readLine(tableLine);
      for await (const _ of this.readRows());
    }
    await this.readEnd(end);
  }

  /** The line that ends the file. Throws where it does not stand for what was read, or anything comes after it. */
  async readEnd<T extends { sha256: string }>(schema: z.ZodType<T>): Promise<T> {
    const sha256 = this.hash.digest('hex');
    const end = await this.readLine(schema, { isHashed: false });
    await this.requireEnd();
    if (end.sha256 !== sha256) throw this.changed();
    return end;
  }

  changed(): RefillError {
    return this.bad('it was changed after it was made');
  }

  private async requireEnd(): Promise<void> {
    if (this.rest.length > 0 || (await this.more())) throw this.bad('something stands after its end');
  }

  bad(why: string): RefillError {
    const { code, done } = this.kind;
    return new RefillError(code, `${this.file} cannot be ${done}: ${why}. Nothing was changed.`);
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  /** Where the line that ends a table begins; -1 where it is not in sight. What is left begins with a line. */
  private findEnd(): number {
    let at = this.rest.indexOf(END_OF_TABLE);
    while (at !== -1) {
      if (at === 0 || this.rest[at - 1] === NEWLINE) return at;
      at = this.rest.indexOf(END_OF_TABLE, at + 1);
    }
    return -1;
  }

  private take(length: number): Buffer {
    const taken = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    return taken;
  }

  private async more(): Promise<boolean> {
    try {
      const { value, done } = await this.chunks.next();
      if (done === true) return false;
      this.rest = Buffer.concat([this.rest, value]);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') throw new RefillError(this.kind.code, `There is no file ${this.file}.`);
      const reason = describeFileError(error);
      if (reason !== null) throw new RefillError(this.kind.code, `${this.file} cannot be read: ${reason}.`);
      throw this.bad(
        code === 'Z_BUF_ERROR'
          ? 'it is cut off'
          : code?.startsWith('Z_') === true
            ? `it is no ${this.kind.noun}, or damaged`
            : String(code),
      );
    }
  }
}

/** Opens a file of tables for as long as `work` takes. */
export async function withTableFile<T>(
  file: string,
  kind: TableFileKind,
  work: (reader: TableFile) => Promise<T>,
): Promise<T> {
  const reader = new TableFile(file, kind);
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
