import type { Config, LiveConfig } from '../config.ts';
import { describeDatabaseError } from '../db/index.ts';
import { examine } from '../doctor/index.ts';
import { RefillError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { createSecretBox } from '../org/index.ts';

/** More would bury the worst, and `refill doctor` has them all. */
const MAX_LOGGED = 3;

/**
 * Looks at the installation once, after the start, and logs its worst faults: an operator who never runs `refill doctor`
 * still reads that no rates are in force. The app does not wait for it, and nothing that it meets ends the app.
 */
export async function logFaults(
  config: Config,
  live: LiveConfig,
  { databaseUrl, log }: { databaseUrl: string; log: Logger },
): Promise<void> {
  try {
    const checks = await examine({
      config,
      databaseUrl,
      secrets: createSecretBox(live.secretKey),
      now: new Date(),
      log,
      describe: (error) =>
        error instanceof RefillError
          ? error.message
          : (describeDatabaseError(error)?.message ?? String(error)),
    });
    const faults = checks.filter(({ result }) => result === 'fault');
    for (const { id, finding, todo } of faults.slice(0, MAX_LOGGED)) log.warn({ check: id, todo }, finding);
    if (faults.length > MAX_LOGGED)
      log.warn({ more: faults.length - MAX_LOGGED }, 'more faults: see refill doctor');
  } catch (error) {
    log.warn({ err: error }, 'the installation could not be looked at');
  }
}
