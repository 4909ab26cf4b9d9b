import { appendFile, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import { RefillError } from '../../errors.ts';
import type { NumberKeyDeps } from '../../org/index.ts';
import { type ImportCounts, importUsage } from '../../usage/index.ts';

const kept = z.object({ company: z.string(), bytes: z.number(), rows: z.number().int().min(0) });

/**
 * Imports a file and shows how far it is. The place is stored beside the file until it is done, and what was rejected
 * stays beside it. Throws RefillError `bad-file`.
 */
export async function importUsageFile(
  { note, ...deps }: NumberKeyDeps & { note: (line: string) => void },
  order: { file: string; companyId: bigint; dryRun: boolean },
): Promise<{ counts: ImportCounts; rejectsPath: string }> {
  const { file, companyId, dryRun } = order;
  const { size } = await stat(file).catch(() => {
    throw new RefillError('bad-file', `${file} cannot be read.`);
  });
  const place = { path: `${file}.progress`, company: companyId.toString(), bytes: size };
  const skipRows = dryRun ? 0 : await readPlace(place);
  const rejectsPath = `${file}.rejects.csv`;
  if (skipRows > 0) note(`Going on after row ${skipRows}.`);
  else await writeFile(rejectsPath, stringify([['line', 'id', 'reason']]));
  let rejects: string[][] = [];
  const counts = await importUsage(deps, {
    companyId,
    file,
    dryRun,
    skipRows,
    onReject: ({ line, id, message }) => rejects.push([String(line), id, message]),
    onProgress: async ({ rows, bytes }) => {
      await appendFile(rejectsPath, stringify(rejects, { escape_formulas: true }));
      rejects = [];
      if (!dryRun) await writeFile(place.path, JSON.stringify({ ...place, path: undefined, rows }));
      renderBar(bytes, size);
    },
  });
  if (process.stderr.isTTY) process.stderr.write('\n');
  if (!dryRun) await rm(place.path, { force: true });
  return { counts, rejectsPath };
}

/** How many rows an earlier run of the same file for the same company was done with. */
async function readPlace(place: { path: string; company: string; bytes: number }): Promise<number> {
  try {
    const known = kept.parse(JSON.parse(await readFile(place.path, 'utf8')));
    return known.company === place.company && known.bytes === place.bytes ? known.rows : 0;
  } catch {
    return 0;
  }
}

function renderBar(bytes: number, size: number): void {
  if (!process.stderr.isTTY) return;
  const share = size === 0 ? 1 : Math.min(1, bytes / size);
  const filled = Math.round(share * 30);
  process.stderr.write(`\r${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ${(share * 100).toFixed(0)} %`);
}
