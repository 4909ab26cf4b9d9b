import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { RefillError } from '../../errors.ts';
import { nameFile } from '../../file-errors.ts';
import { toLine } from './format.ts';

/** Throws RefillError `file-exists` where a file is there that may not be replaced. */
export async function requireFree(file: string, { replace }: { replace: boolean }): Promise<void> {
  if (!replace && (await isThere(file)))
    throw new RefillError('file-exists', `${file} is there already. Choose another name, or add --force.`);
}

/**
 * Writes a file of tables and returns its size in bytes. The file has its name once it is complete and on the disk, and can be read by
 * its owner alone. Throws RefillError `bad-file` where the file system refuses, and what `lines` throws, having left no file.
 */
export async function writeTableFile(file: string, lines: AsyncIterable<Buffer>): Promise<number> {
  const partial = `${file}.partial`;
  try {
    return await nameFile(file, 'written', async () => {
      await pipeline(
        Readable.from(lines),
        createGzip({ level: 1 }),
        createWriteStream(partial, { mode: 0o600 }),
      );
      await flush(partial);
      await rename(partial, file);
      await flush(path.dirname(path.resolve(file)));
      return (await stat(file)).size;
    });
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** Ends lines with the one that has their checksum, beside what `end` answers once they are all read. */
export async function* endWithChecksum(
  lines: AsyncIterable<Buffer>,
  end: () => Promise<Record<string, unknown>>,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const chunk of lines) {
    hash.update(chunk);
    yield chunk;
  }
  yield toLine({ end: true, ...(await end()), sha256: hash.digest('hex') });
}

async function isThere(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

/** Waits until a file, or a folder's list of names, is on the disk. */
async function flush(place: string): Promise<void> {
  const handle = await open(place, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
