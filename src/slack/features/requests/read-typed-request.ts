import { type AmountFault, type Money, parseDollars } from '../../../money.ts';

/**
 * Reads `50 for the fair`: an amount, if the first word is one, and what for. An amount that cannot be asked for (`0`,
 * `-5`, `4.999`) is a fault, and no reason.
 */
export function readTyped(typed: string): { amount: Money | null; reason: string } | { fault: AmountFault } {
  const [first = '', ...rest] = typed.trim().split(/\s+/);
  const read = parseDollars(first);
  if ('fault' in read && (read.fault === 'not-positive' || read.fault === 'too-precise')) return read;
  const amount = 'fault' in read ? null : read.amount;
  const words = amount === null ? [first, ...rest] : rest;
  return { amount, reason: words.join(' ').replace(/^for\s+/i, '') };
}
