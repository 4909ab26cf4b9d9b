import { displayText } from '../../outside-text.ts';

/**
 * Text from outside, harmless in mrkdwn (R29): on one line and isolated, Slack's three control characters as entities, and
 * its other marks (bold, code, emoji, links) as characters that look alike and mark nothing. Applies R29.1.
 */
export function escapeText(text: string): string {
  return displayText(text)
    .replaceAll('*', '∗')
    .replaceAll('`', '’')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, 'ˍ')
    .replaceAll('~', '∼')
    .replace(/:(?!\d+(?::|$))(?=[\w+-]{1,100}(?::|$))/g, '∶')
    .replaceAll('://', ':∕∕')
    .replace(CONTROLS, escapeControl);
}

/**
 * Text from outside as code, to be compared character by character (the words of a statement): marks nothing within it, so
 * that they stand as they are; only what ends a piece of code is replaced.
 */
export function codeSpan(text: string): string {
  return `\`${displayText(text).replaceAll('`', '’').replace(CONTROLS, escapeControl)}\``;
}

/** Slack's three control characters. */
const CONTROLS = /[&<>]/g;
const escapeControl = (mark: string): string => ({ '&': '&amp;', '<': '&lt;' })[mark] ?? '&gt;';

/** At most so many characters, marked where cut. */
export function shorten(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
