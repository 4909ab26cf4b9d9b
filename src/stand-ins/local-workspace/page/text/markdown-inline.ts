/** The inline part of Markdown: strong, emphasis, strike, code, links, mentions and emoji. */
import { parseAngle } from './angle.ts';
import { emojiOf } from './emoji.ts';
import { type Inline, isSafeUrl } from './inline.ts';

interface Rule {
  pattern: RegExp;
  make(match: RegExpExecArray): Inline | undefined;
}

const wrap =
  (kind: 'bold' | 'italic' | 'strike') =>
  (match: RegExpExecArray): Inline => ({ kind, children: parseMarkdownInline(match[1] ?? '') });

const rules: readonly Rule[] = [
  { pattern: /^\\([\\`*_{}[\]()#+\-.!|~<>])/, make: (match) => ({ kind: 'text', text: match[1] ?? '' }) },
  { pattern: /^ {2,}\n|^\n/, make: () => ({ kind: 'break' }) },
  { pattern: /^`([^`\n]+)`/, make: (match) => ({ kind: 'code', text: match[1] ?? '' }) },
  { pattern: /^\*\*(\S(?:[^\n]*?\S)?)\*\*/, make: wrap('bold') },
  { pattern: /^__(\S(?:[^\n]*?\S)?)__/, make: wrap('bold') },
  { pattern: /^~~(\S(?:[^\n]*?\S)?)~~/, make: wrap('strike') },
  { pattern: /^\*([^\s*](?:[^*\n]*?[^\s*])?)\*/, make: wrap('italic') },
  { pattern: /^_([^\s_](?:[^_\n]*?[^\s_])?)_(?![\p{L}\p{N}])/u, make: wrap('italic') },
  {
    pattern: /^\[([^\]\n]+)\]\(([^)\s]+)\)/,
    make: ([, label = '', url = '']) =>
      isSafeUrl(url) ? { kind: 'link', url, children: parseMarkdownInline(label) } : undefined,
  },
  { pattern: /^<([^>\n]+)>/, make: (match) => parseAngle(match[1] ?? '') },
  {
    pattern: /^https?:\/\/[^\s<>)]+[^\s<>).,;:!?]/,
    make: ([url]) => ({ kind: 'link', url, children: [{ kind: 'text', text: url }] }),
  },
  {
    pattern: /^:([a-z0-9_+-]+):/,
    make: ([, name = '']) => {
      const unicode = emojiOf(name);
      return unicode === undefined ? undefined : { kind: 'emoji', name, unicode };
    },
  },
];

function take(rest: string): { node: Inline; length: number } | undefined {
  for (const { pattern, make } of rules) {
    const match = pattern.exec(rest);
    const node = match && make(match);
    if (match && node) return { node, length: match[0].length };
  }
  return undefined;
}

/** The inline nodes of a run of Markdown; what is no mark stays text. */
export function parseMarkdownInline(text: string): Inline[] {
  const nodes: Inline[] = [];
  let plain = '';
  for (let at = 0; at < text.length; ) {
    const insideWord = /[\p{L}\p{N}]/u.test(text[at - 1] ?? '');
    const found = insideWord && text[at] === '_' ? undefined : take(text.slice(at));
    if (found === undefined) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain !== '') nodes.push({ kind: 'text', text: plain });
    plain = '';
    nodes.push(found.node);
    at += found.length;
  }
  if (plain !== '') nodes.push({ kind: 'text', text: plain });
  return nodes;
}
