import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { nameFile } from '../../file-errors.ts';
import { dollars, type Money } from '../../money.ts';
import { type ImportCounts, importCounts } from '../../usage/index.ts';

const kept = z.object({
  company: z.string(),
  /** SHA-256 of the file: one that was changed is another file. */
  digest: z.string(),
  debt: z.string().transform((text): Money => dollars(text)),
  counts: importCounts,
});

/** How far an import got before it was stopped. */
export interface Place {
  counts: ImportCounts;
  /** What the company owed when it began. */
  debt: Money;
}

export interface PlaceFile {
  read(): Promise<Place | null>;
  /** Whole or not at all, whenever the process is killed. */
  write(place: Place): Promise<void>;
  remove(): Promise<void>;
}

/** The place of an import of this very file for this company, in a file of its own. */
export function placeFile(path: string, of: { company: string; digest: string }): PlaceFile {
  return {
    async read() {
      try {
        const known = kept.parse(JSON.parse(await readFile(path, 'utf8')));
        return known.company === of.company && known.digest === of.digest ? known : null;
      } catch {
        return null;
      }
    },
    async write({ counts, debt }) {
      await nameFile(path, 'written', async () => {
        await writeFile(`${path}.new`, JSON.stringify({ ...of, debt, counts }));
        await rename(`${path}.new`, path);
      });
    },
    remove: () => rm(path, { force: true }),
  };
}
