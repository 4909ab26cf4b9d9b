import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { importUsageFile } from '../../src/cli/usage/import-usage-file.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import type { Db } from '../../src/db/index.ts';
import type { ImportCounts } from '../../src/usage/index.ts';
import { secrets } from './number-key.ts';

/** The time at which tests import. */
export const importClock: Clock = { ...systemClock, now: () => new Date('2026-11-20T12:00:00Z') };

export interface TakenFile {
  counts: ImportCounts;
  debt: Awaited<ReturnType<typeof importUsageFile>>['debt'];
  /** The text of the file of refused rows; empty where there is none. */
  rejects: string;
  /** The lines of the refused rows. */
  refused: string[];
}

export interface FileTaker {
  /** Where a file of this name is. */
  pathOf(name: string): string;
  /** Imports a file as the command does; `content` null: as it is there. */
  take(
    companyId: bigint,
    content: string | Buffer | null,
    options?: { name?: string; dryRun?: boolean; ignored?: string[] },
  ): Promise<TakenFile>;
  close(): Promise<void>;
}

/** Imports files of usage into a database, from a folder of its own. */
const NO_PROGRESS = { show: () => undefined, end: () => undefined };

export async function createFileTaker(db: Db): Promise<FileTaker> {
  const folder = await mkdtemp(path.join(tmpdir(), 'refill-import-'));
  const pathOf = (name: string): string => path.join(folder, name);
  return {
    pathOf,
    async take(companyId, content, { name = 'usage.csv', dryRun = false, ignored = [] } = {}) {
      const file = pathOf(name);
      if (content !== null) await writeFile(file, content);
      const { counts, debt, rejectsPath } = await importUsageFile(
        { db, clock: importClock, secrets, note: () => undefined, progress: () => NO_PROGRESS },
        { file, companyId, dryRun, ignored, rejects: undefined },
      );
      const rejects = counts.rejected === 0 ? '' : await readFile(rejectsPath, 'utf8');
      const lines = rejects.split('\r\n').slice(1, -1);
      return { counts, debt, rejects, refused: lines.map((line) => line.split(',')[0] ?? '') };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
