import type { FileHandle } from 'node:fs/promises';
import { ZipFile } from 'yazl';
import { writeAt } from './hidden-file.ts';

const CHUNK_BYTES = 65_536;
const OPTIONS = {
  /** Half the time of the usual 6, for a tenth more bytes of such lines. */
  compressionLevel: 3,
  /** Where ZIP's calendar begins: the archive says nothing of when it was made. */
  mtime: new Date(1980, 0, 1),
  forceDosTimestamp: true,
};

/**
 * Packs a file of `size` bytes into a ZIP archive that Windows and macOS open without other software. Returns the
 * archive's bytes. Throws when the file is shorter than that.
 */
export async function writeZip(
  from: FileHandle,
  size: number,
  to: FileHandle,
  name: string,
): Promise<number> {
  const zip = new ZipFile();
  const content = from.createReadStream({
    start: 0,
    end: size - 1,
    autoClose: false,
    highWaterMark: CHUNK_BYTES,
  });
  const packed = zip.outputStream as NodeJS.ReadableStream & { destroy(error: Error): void };
  zip.on('error', (error: Error) => packed.destroy(error));
  zip.addReadStream(content, name, { ...OPTIONS, size });
  zip.end();
  let position = 0;
  for await (const chunk of packed as AsyncIterable<Buffer>) {
    await writeAt(to, chunk, position);
    position += chunk.length;
  }
  return position;
}
