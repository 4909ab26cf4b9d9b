import { MINUTE_MS } from '../durations.ts';
import { type Check, fault, notChecked, ok } from './check.ts';

/** Signatures are refused from five minutes on; a hosted card page already from one. */
const MAX_SKEW_MS = MINUTE_MS;

/** Compares this machine's clock with the one in another machine's answer. */
export function judgeClock(
  id: string,
  whose: string,
  { ours, theirs }: { ours: Date; theirs: Date | null },
): Check {
  if (theirs === null) return notChecked(id, `${whose}’s answer carried no time.`);
  const how = `compared with the time of ${whose}’s answer`;
  const offMs = ours.getTime() - theirs.getTime();
  const seconds = Math.round(Math.abs(offMs) / 1000);
  if (Math.abs(offMs) <= MAX_SKEW_MS) return ok(id, `The clock agrees with ${whose}’s.`, how);
  return fault(
    id,
    `This machine’s clock is ${seconds} seconds ${offMs > 0 ? 'ahead of' : 'behind'} ${whose}’s: signatures are refused.`,
    how,
    'Set the clock by NTP (timedatectl set-ntp true).',
  );
}
