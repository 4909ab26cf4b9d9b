import { type AmountFault, type Money, parseDollars } from '../../money.ts';

/**
 * Reads `50 for the fair`: an amount, if the first word is one, and what for. Slack escapes what is typed after a
 * command and turns names into marks; both are turned back into what was typed, and escaped where it is shown (R29).
 * An amount that cannot be asked for (`0`, `-5`, `4.999`) is a fault, and no reason.
 */
export function readTyped(typed: string): { amount: Money | null; reason: string } | { fault: AmountFault } {
  const [first = '', ...rest] = typed.trim().split(/\s+/);
  const read = parseDollars(first);
  if ('fault' in read && (read.fault === 'not-positive' || read.fault === 'too-precise')) return read;
  const amount = 'fault' in read ? null : read.amount;
  const words = amount === null ? [first, ...rest] : rest;
  return { amount, reason: toPlain(words.join(' ').replace(/^for\s+/i, '')) };
}

function toPlain(text: string): string {
  return text
    .replace(
      /<([@#!])([^|>]*)(?:\|([^>]*))?>/g,
      (_, mark: string, id: string, name?: string) => `${mark === '!' ? '@' : mark}${name ?? id}`,
    )
    .replace(/<([^|>]*)(?:\|[^>]*)?>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
