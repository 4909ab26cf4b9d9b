import { displayText } from '../../outside-text.ts';

/**
 * Text from outside, harmless in mrkdwn (R29): on one line and isolated, Slack's three control characters as entities, and
 * its other marks (bold, code, emoji, links) as characters that look alike and mark nothing.
 */
export function escapeText(text: string): string {
  return displayText(text)
    .replaceAll('*', '∗')
    .replaceAll('`', '’')
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, 'ˍ')
    .replaceAll('~', '∼')
    .replace(/:(?!\d+(?::|$))(?=[\w+-]{1,100}(?::|$))/g, '∶')
    .replaceAll('://', ':∕∕')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** At most so many characters, marked where cut. */
export function shorten(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
