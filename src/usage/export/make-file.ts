import { RefillError } from '../../errors.ts';
import { streamUsage, type UsageFilter, type UsageSnapshot } from '../../ledger/index.ts';
import { openHiddenFile } from './hidden-file.ts';
import { readNames } from './read-names.ts';
import type { ExportDeps, ExportFile } from './types.ts';
import { writeCsv } from './write-csv.ts';
import { writeZip } from './write-zip.ts';

export interface FileOrder {
  filter: UsageFilter;
  timeZone: string;
  name: string;
  /** What the file will have; known before its first record is written. */
  onTotals(totals: UsageSnapshot['totals']): Promise<void>;
  onProgress(records: number): Promise<void>;
}

/**
 * Makes the file of a filter's usage, packed where it is large; null where there is no such usage. Its records are counted
 * and summed as they are written, and have to come to what the screen says (R26). The caller closes it. Throws RefillError
 * `too-many-records`, `bad-time-zone`, `totals-differ`. Applies R26.1.
 */
export async function makeFile(
  deps: Pick<ExportDeps, 'pool' | 'limits'>,
  order: FileOrder,
): Promise<ExportFile | null> {
  const names = await readNames(deps.pool, order.filter.companyId);
  const csv = await openHiddenFile();
  let isStored = false;
  try {
    const written = await streamUsage(deps.pool, order.filter, order.timeZone, async ({ totals, pages }) => {
      await order.onTotals(totals);
      if (totals.records === 0) return null;
      if (totals.records > deps.limits.records)
        throw new RefillError('too-many-records', 'That is more than one file may hold.', { totals });
      const { timeZone, onProgress } = order;
      const made = await writeCsv(csv, { pages, names, timeZone, onProgress });
      if (made.records !== totals.records || !made.cost.equals(totals.cost))
        throw new RefillError('totals-differ', 'The records do not come to their totals.', { made, totals });
      return made;
    });
    if (written === null) return null;
    const plain = { name: order.name, bytes: written.bytes, content: csv };
    isStored = written.bytes <= deps.limits.packAboveBytes;
    return isStored ? plain : await pack(plain);
  } finally {
    if (!isStored) await csv.close();
  }
}

async function pack({ name, bytes, content }: ExportFile): Promise<ExportFile> {
  const archive = await openHiddenFile();
  try {
    const packed = await writeZip(content, bytes, archive, name);
    return { name: name.replace(/\.csv$/, '.zip'), bytes: packed, content: archive };
  } catch (error) {
    await archive.close();
    throw error;
  }
}
