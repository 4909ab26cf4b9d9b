import { RefillError } from '../errors.ts';
import type { Logger } from '../log.ts';

/** Looks for rows that are due and enqueues a job for each; must be safe to run at any time, anywhere, twice. */
export type Sweep = () => Promise<void>;

/**
 * Runs every sweep about once a second. Due times live in our rows, judged by the one clock, so a due row whose
 * job was lost, or whose time came while nothing ran, is picked up here and nowhere else.
 */
export function startSweeper(
  sweeps: readonly Sweep[],
  log: Logger,
  everyMs = 1_000,
): { stop(): Promise<void> } {
  let stopping = false;
  let wake = (): void => {};
  const loop = async (): Promise<void> => {
    while (!stopping) {
      for (const sweep of sweeps) {
        try {
          await sweep();
        } catch (error) {
          const isOutage = error instanceof RefillError && error.code === 'database-unavailable';
          log[isOutage ? 'debug' : 'error']({ err: error }, 'a sweep failed; the next one tries again');
        }
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const done = loop();
  return {
    async stop() {
      stopping = true;
      wake();
      await done;
    },
  };
}
