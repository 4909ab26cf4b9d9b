import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { nameFile } from '../../file-errors.ts';

/**
 * A file without a name: it is taken out of its folder the moment it is opened, so that what people used their phones
 * for is gone from the disk with the process, also when that is killed. Throws RefillError `bad-file` where the folder takes none.
 */
export async function openHiddenFile(folder = tmpdir()): Promise<FileHandle> {
  const name = path.join(folder, `refill-export-${randomUUID()}`);
  return await nameFile(folder, 'written', async () => {
    const file = await open(name, 'wx+', 0o600);
    await unlink(name);
    return file;
  });
}

/** Writes all of a chunk at a position: a disk that takes less is full, and says so at the next try. */
export async function writeAt(file: FileHandle, chunk: Buffer, position: number): Promise<void> {
  for (let written = 0; written < chunk.length; ) {
    const { bytesWritten } = await nameFile(tmpdir(), 'written', () =>
      file.write(chunk, written, chunk.length - written, position + written),
    );
    written += bytesWritten;
  }
}
