/** Ids and timestamps in Slack's shapes. */
import { randomBytes, randomInt } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** An id such as `V0A1B2C3D4E`: the letter of its kind and ten characters. */
export const newId = (prefix: string): string =>
  prefix + Array.from({ length: 10 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');

/** An unguessable word of hexadecimal digits. */
export const newSecret = (bytes = 16): string => randomBytes(bytes).toString('hex');

/** Microseconds since the epoch as Slack's `ts`: `1700000000.000100`. */
export function tsFromMicros(micros: bigint | string): string {
  const digits = String(micros).padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

/** Slack's `ts` as microseconds, for the database; undefined when it is no ts. */
export function microsFromTs(ts: string): string | undefined {
  const match = /^(\d{1,12})\.(\d{6})$/.exec(ts);
  return match ? `${match[1]}${match[2]}` : undefined;
}
