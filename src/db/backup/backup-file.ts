import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { z } from 'zod';
import { RefillError } from '../../errors.ts';
import { describeFileError } from '../../file-errors.ts';
import { END_OF_TABLE } from './format.ts';

const NEWLINE = 0x0a;
const MAX_LINE = 1024 * 1024;

/** Reads a backup from its beginning to its end, once: lines of JSON, and rows of tables between them. */
export class BackupFile {
  private readonly chunks: AsyncIterator<Buffer>;
  private readonly hash = createHash('sha256');
  private rest = Buffer.alloc(0);

  constructor(private readonly file: string) {
    const source = createReadStream(file);
    const unpacked = createGunzip();
    source.on('error', (error) => unpacked.destroy(error));
    this.chunks = source.pipe(unpacked)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** A line of JSON. `isHashed`: it counts in the checksum. Throws RefillError `bad-backup`. */
  async readLine<T>(schema: z.ZodType<T>, { isHashed = true } = {}): Promise<T> {
    let end = this.rest.indexOf(NEWLINE);
    while (end === -1) {
      if (this.rest.length > MAX_LINE || !(await this.more())) throw this.bad('it is cut off, or no backup');
      end = this.rest.indexOf(NEWLINE);
    }
    const line = this.take(end + 1);
    if (isHashed) this.hash.update(line);
    const parsed = schema.safeParse(parseJson(line.toString('utf8')));
    if (!parsed.success) throw this.bad('it is no backup that this version of Refill can read');
    return parsed.data;
  }

  /** The rows of a table as COPY takes them, up to the line that ends them. Throws RefillError `bad-backup`. */
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

  /** The checksum of what was read so far. */
  digest(): string {
    return this.hash.digest('hex');
  }

  /** Throws RefillError `bad-backup` where anything comes after what was read. */
  async requireEnd(): Promise<void> {
    if (this.rest.length > 0 || (await this.more())) throw this.bad('something stands after its end');
  }

  bad(why: string): RefillError {
    return new RefillError('bad-backup', `${this.file} cannot be restored: ${why}. Nothing was changed.`);
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
      if (code === 'ENOENT') throw new RefillError('bad-backup', `There is no file ${this.file}.`);
      const reason = describeFileError(error);
      if (reason !== null) throw new RefillError('bad-backup', `${this.file} cannot be read: ${reason}.`);
      throw this.bad(
        code === 'Z_BUF_ERROR'
          ? 'it is cut off'
          : code?.startsWith('Z_') === true
            ? 'it is no backup, or damaged'
            : String(code),
      );
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
