import { SECOND_MS } from '../durations.ts';

/** Ends one part of the running process; must be safe to call once, at any time. */
export type Stop = () => Promise<void>;

/**
 * Longest that an orderly stop may take before the process ends anyway; nothing is lost by that. Less than the 30 seconds that
 * compose.yaml and the systemd unit wait, so that it ends by itself.
 */
const GRACE_MS = 25 * SECOND_MS;

/** Stops the parts, the last started first. */
export async function stopAll(stops: Stop[]): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) await stop();
}

/** Ends the process in order on Ctrl+C or a termination request; a second one ends it at once. */
export function stopOnSignal(stops: Stop[]): void {
  let isStopping = false;
  const end = (): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    setTimeout(() => process.exit(1), GRACE_MS).unref();
    stopAll(stops).then(
      () => {
        process.stdout.write('Stopped.\n');
        process.exit(0);
      },
      () => process.exit(1),
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}
