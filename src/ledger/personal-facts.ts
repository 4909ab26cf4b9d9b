import { randomFillSync } from 'node:crypto';
import type { NumberKey } from '../number-key.ts';
import type { NewUsage } from './types.ts';

type Numbers = Pick<NewUsage, 'externalNumber' | 'internalNumber'>;

const SALT_BYTES = 16;
/** Random bytes are fetched in bulk: many cost as much as one. */
const pool = Buffer.alloc(SALT_BYTES * 256);
let used = pool.length;

const hasNumber = ({ externalNumber, internalNumber }: Numbers): boolean =>
  externalNumber !== null || internalNumber !== null;

/** What the books compare of a usage's numbers when its key comes again (R23); null where it has none. */
export function keyNumbers(usage: Numbers, numberKey: NumberKey): string | null {
  if (!hasNumber(usage)) return null;
  const codeOf = (number: string | null): string => (number === null ? '' : numberKey.codeOf(number));
  return `${codeOf(usage.externalNumber)}/${codeOf(usage.internalNumber)}`;
}

/** A salt of 16 random bytes for the digest of a usage's numbers; null where it has none. */
export function newSalt(usage: Numbers): Buffer | null {
  if (!hasNumber(usage)) return null;
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const salt = Buffer.from(pool.subarray(used, used + SALT_BYTES));
  used += SALT_BYTES;
  return salt;
}
