import type { Clock } from '../clock.ts';
import { HOUR_MS } from '../durations.ts';
import type { Sweep } from './sweeper.ts';

/** UTC: the verification, which begins at three, is through by then as a rule. */
const NIGHT_HOUR = 4;

/**
 * Makes a sweep that works once a night, and once when it starts, as a night may have been missed. `begin` looks for what is due
 * and returns the work on it; that is called at each sweep until it returns that nothing is left, so that it may be done in parts.
 * What throws is tried again at the next sweep.
 */
export function createNightlySweep(
  clock: Clock,
  begin: (at: Date) => Promise<(stop: AbortSignal) => Promise<boolean>>,
): Sweep {
  let night = '';
  let work: ((stop: AbortSignal) => Promise<boolean>) | null = null;
  return async (stop) => {
    const at = clock.now();
    const tonight = new Date(at.getTime() - NIGHT_HOUR * HOUR_MS).toISOString().slice(0, 10);
    if (tonight !== night) {
      work = await begin(at);
      night = tonight;
    }
    if (work !== null && (await work(stop))) work = null;
  };
}
