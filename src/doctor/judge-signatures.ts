import { DAY_MS } from '../durations.ts';
import { type Check, fault, notChecked, ok } from './check.ts';

const LATELY_MS = DAY_MS;

/**
 * Whether the other end's deliveries arrive and are signed under our secret. Anybody may send rubbish, so refused ones
 * are a fault only where no good one came lately.
 */
export function judgeSignatures(
  id: string,
  of: {
    what: string;
    last: Date | undefined;
    refused: Date | undefined;
    now: Date;
    secret: string;
    whereSecret: string;
    toTry: string;
  },
): Check {
  const { what, last, refused, now, secret } = of;
  const isLate = (at: Date | undefined): boolean =>
    at !== undefined && now.getTime() - at.getTime() < LATELY_MS;
  const how = 'the app records when one came last';
  if (isLate(refused) && !isLate(last))
    return fault(
      id,
      `A ${what} was refused for its signature (${refused?.toISOString()}), and none was accepted within 24 hours.`,
      how,
      `Correct ${secret}: it stands on ${of.whereSecret}. Check the clock, too.`,
    );
  if (last === undefined) return notChecked(id, `No signed ${what} has come yet.`, of.toTry);
  return ok(id, `The last signed ${what} came ${last.toISOString()}.`, how);
}
