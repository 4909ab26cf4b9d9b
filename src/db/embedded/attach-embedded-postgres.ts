import { setTimeout as sleep } from 'node:timers/promises';
import { SECOND_MS } from '../../durations.ts';
import { hasCode } from '../../errors.ts';
import { findEmbeddedPostgres } from './find-embedded-postgres.ts';
import { ensureDatabase } from './server-url.ts';
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './start-embedded-postgres.ts';

/** An app that has just begun owns the folder for a moment before its server answers. */
const WAIT_FOR_OWNER_MS = 15 * SECOND_MS;

/**
 * For commands that work beside the app: the server that a running app keeps on the data folder, whose `stop()` then
 * leaves it alone, or else the same server started for the length of the command.
 *
 * Throws what `startEmbeddedPostgres` throws; `data-folder-in-use` only when the owner's server does not come up.
 */
export async function attachEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const deadlineMs = Date.now() + WAIT_FOR_OWNER_MS;
  for (;;) {
    const url = await findEmbeddedPostgres(options.dataFolder);
    if (url !== undefined) {
      return {
        url,
        ensureDatabase: (name) => ensureDatabase(url('postgres'), name),
        stop: async () => undefined,
      };
    }
    try {
      return await startEmbeddedPostgres(options);
    } catch (error) {
      const isOwned = hasCode(error, 'data-folder-in-use');
      if (!isOwned || Date.now() > deadlineMs) throw error;
      await sleep(100);
    }
  }
}
