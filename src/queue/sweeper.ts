import { hasCode } from '../errors.ts';
import { nowSeconds, sweepFailures, sweepSuccess } from '../instruments.ts';
import type { Logger } from '../log.ts';
import { newRequestId, withTrace } from '../trace.ts';

/**
 * Looks for rows that are due and enqueues a job for each; must be safe to run at any time, anywhere, twice. One that takes
 * long ends soon after the signal: stopping waits for it.
 */
export type Sweep = (stop: AbortSignal) => Promise<void>;

/** Each under the name that the log and the metrics know it by; in this order. */
export type Sweeps = Readonly<Record<string, Sweep>>;

/** Between sweeps of the first round: each costs most the first time, and who asks something meanwhile comes in between. */
const FIRST_ROUND_PAUSE_MS = 100;

/**
 * Runs every sweep about once a second. Due times live in our rows, judged by the one clock, so a due row whose
 * job was lost, or whose time came while nothing ran, is picked up here and nowhere else.
 */
export function startSweeper(sweeps: Sweeps, log: Logger, everyMs = 1_000): { stop(): Promise<void> } {
  const stop = new AbortController();
  for (const sweep of Object.keys(sweeps)) sweepSuccess.set({ sweep }, nowSeconds());
  let wake = (): void => {};
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  let isFirstRound = true;
  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      for (const [name, sweep] of Object.entries(sweeps)) {
        if (stop.signal.aborted) return;
        await withTrace({ requestId: newRequestId(), sweep: name }, () =>
          sweepOnce(name, sweep, stop.signal, log),
        );
        if (isFirstRound && !stop.signal.aborted) await wait(FIRST_ROUND_PAUSE_MS);
      }
      isFirstRound = false;
      if (stop.signal.aborted) return;
      await wait(everyMs);
    }
  };
  const done = loop();
  return {
    async stop() {
      stop.abort();
      wake();
      await done;
    },
  };
}

async function sweepOnce(name: string, sweep: Sweep, stop: AbortSignal, log: Logger): Promise<void> {
  try {
    await sweep(stop);
    sweepSuccess.set({ sweep: name }, nowSeconds());
  } catch (error) {
    sweepFailures.inc({ sweep: name });
    const isOutage = hasCode(error, 'database-unavailable');
    log[isOutage ? 'debug' : 'error']({ err: error }, 'a sweep failed; the next one tries again');
  }
}
