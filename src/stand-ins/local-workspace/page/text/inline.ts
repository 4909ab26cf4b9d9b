/**
 * The tree that message text is parsed into. mrkdwn, Markdown and rich_text all end here, and one component draws it:
 * text never becomes HTML by way of a string.
 */

export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'bold' | 'italic' | 'strike' | 'underline' | 'highlight'; children: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; url: string; children: Inline[] }
  | { kind: 'user'; id: string }
  | { kind: 'channel'; id: string; name: string | null }
  | { kind: 'group'; name: string }
  | { kind: 'broadcast'; range: string }
  | { kind: 'date'; epochSeconds: number; format: string; url: string | null; fallback: string }
  | { kind: 'emoji'; name: string; unicode: string }
  | { kind: 'color'; value: string }
  | { kind: 'break' };

export type Align = 'left' | 'center' | 'right';

export type Flow =
  | { kind: 'paragraph'; children: Inline[] }
  | { kind: 'heading'; level: number; children: Inline[] }
  | { kind: 'pre'; text: string }
  | { kind: 'quote'; children: Flow[] }
  | { kind: 'list'; ordered: boolean; start: number; items: Flow[][] }
  | { kind: 'rule' }
  | { kind: 'grid'; head: Inline[][]; rows: Inline[][][]; aligns: Align[] };

/** Only addresses that open something harmless may become links. */
export const isSafeUrl = (url: string): boolean => /^(https?:\/\/|mailto:|tel:|\/)/i.test(url);

/** The words of a tree, without its styling: for labels and announcements. */
export function plainText(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => {
      if ('children' in node) return plainText(node.children);
      if (node.kind === 'text' || node.kind === 'code') return node.text;
      if (node.kind === 'emoji') return node.unicode;
      if (node.kind === 'date') return node.fallback;
      if (node.kind === 'break') return ' ';
      return '';
    })
    .join('');
}

/** Undoes Slack's escaping of the three characters that it escapes. */
export const unescapeText = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
