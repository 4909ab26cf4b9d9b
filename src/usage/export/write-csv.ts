import type { FileHandle } from 'node:fs/promises';
import { BYTE_ORDER_MARK } from '../../csv.ts';
import type { UsageFields } from '../../ledger/index.ts';
import { fromMicros, type Money } from '../../money.ts';
import { createLineWriter, headerLine, type UsageNames } from './csv-lines.ts';
import { writeAt } from './hidden-file.ts';

const CHUNK_CHARACTERS = 65_536;

export interface CsvSource {
  /** Pages of records as the ledger streams them. */
  pages: AsyncIterable<readonly UsageFields[]>;
  names: UsageNames;
  timeZone: string;
  /** Called after each page with how many records are written; what it throws ends the writing. */
  onProgress?(records: number): Promise<void>;
}

/** Writes a file of usage from its beginning. Returns what it has, as counted and summed by its own lines. Memory stays flat. */
export async function writeCsv(
  file: FileHandle,
  source: CsvSource,
): Promise<{ records: number; cost: Money; bytes: number }> {
  const writer = createLineWriter(source.names);
  let records = 0;
  let bytes = 0;
  let text = BYTE_ORDER_MARK + headerLine(source.timeZone);
  // The same bytes again and again: a new buffer for each chunk would burden the garbage collector.
  const kept = Buffer.allocUnsafe(CHUNK_CHARACTERS * 4);
  const flush = async (): Promise<void> => {
    const fits = Buffer.byteLength(text) <= kept.length;
    const chunk = fits ? kept.subarray(0, kept.write(text)) : Buffer.from(text);
    text = '';
    await writeAt(file, chunk, bytes);
    bytes += chunk.length;
  };
  for await (const page of source.pages) {
    for (const fields of page) {
      text += writer.toLine(fields);
      if (text.length >= CHUNK_CHARACTERS) await flush();
    }
    records += page.length;
    await source.onProgress?.(records);
  }
  await flush();
  return { records, cost: fromMicros(writer.costMicros()), bytes };
}
