import { setTimeout as sleep } from 'node:timers/promises';
import { backoffMs } from '../../backoff.ts';
import { SECOND_MS } from '../../durations.ts';
import type { Logger } from '../../log.ts';
import type { ServerProcess } from './run-server.ts';

/** A server that lived at least this long is brought back at once; one that dies young has to wait longer each time. */
const SOUND_AFTER_MS = 10 * SECOND_MS;
const BACKOFF = { initialMs: 50, maxMs: 5 * SECOND_MS };

/**
 * Brings a server back whenever it exits unexpectedly, as long as this process runs: what killed it (memory or disk
 * space running out, an operator's mistake) may be over at any time, and queries fail recognisably until then.
 *
 * Returns the function that stops it for good.
 */
export function superviseServer(
  first: ServerProcess,
  start: () => Promise<ServerProcess>,
  log: Logger,
): () => Promise<void> {
  let server = first;
  const stopping = new AbortController();
  const stopAtExit = () => server.stopWithoutWaiting();
  // Reached when the app ends without stopping us, by an uncaught error for one. A kill -9 skips even this.
  process.once('exit', stopAtExit);

  const watch = async (): Promise<void> => {
    let waits = 0;
    for (let startedAtMs = performance.now(); !stopping.signal.aborted; startedAtMs = performance.now()) {
      await server.ended;
      if (stopping.signal.aborted) return;
      log.error('the database server died; starting it again');
      if (performance.now() - startedAtMs > SOUND_AFTER_MS) waits = 0;
      for (let back = false; !back && !stopping.signal.aborted; waits += 1) {
        // Right after a crash the old server's processes may still hold its memory: the first try often fails.
        await sleep(backoffMs(waits, BACKOFF), undefined, { signal: stopping.signal }).catch(() => undefined);
        back = await bringBack();
      }
    }
  };

  const bringBack = async (): Promise<boolean> => {
    if (stopping.signal.aborted) return false;
    try {
      server = await start();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ reason }, 'the database server could not be started again yet');
      return false;
    }
    log.info('the database server is back');
    return true;
  };

  const watched = watch();
  return async () => {
    stopping.abort();
    await server.stop();
    await watched;
    await server.stop(); // the one that was just being started
    process.off('exit', stopAtExit);
  };
}
