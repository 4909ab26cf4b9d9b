/**
 * Slack's mrkdwn as a tree. Its rules: ``` fences first, then `>` lines, then inline marks that open after a
 * non-word character and close before one; `<…>` holds links, mentions and dates; only &, < and > are escaped.
 */
import { parseAngle } from './angle.ts';
import { emojiOf } from './emoji.ts';
import { type Flow, type Inline, unescapeText } from './inline.ts';

const MARKS = { '*': 'bold', _: 'italic', '~': 'strike' } as const;
type Mark = keyof typeof MARKS;

const isMark = (char: string): char is Mark => Object.hasOwn(MARKS, char);
const isWord = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char);
const isSpace = (char: string | undefined): boolean => char === undefined || /\s/.test(char);

/** Where the mark that opens at `start` closes on the same line, or -1. */
function closingMark(text: string, start: number, mark: Mark): number {
  if (isWord(text[start - 1]) || isSpace(text[start + 1]) || text[start + 1] === mark) return -1;
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\n') return -1;
    if (char === '<' || char === '`') {
      const end = text.indexOf(char === '<' ? '>' : '`', at + 1);
      if (end > 0) at = end;
    } else if (char === mark && !isSpace(text[at - 1]) && !isWord(text[at + 1])) return at;
  }
  return -1;
}

interface Found {
  node: Inline;
  end: number;
}

function emojiAt(text: string, at: number): Found | undefined {
  const match = /^:([a-z0-9_+-]+(?:::skin-tone-\d)?):/.exec(text.slice(at, at + 64));
  const name = match?.[1];
  const unicode = name === undefined ? undefined : emojiOf(name);
  if (match === null || name === undefined || unicode === undefined) return undefined;
  return { node: { kind: 'emoji', name, unicode }, end: at + match[0].length };
}

function codeAt(text: string, at: number): Found | undefined {
  const end = text.indexOf('`', at + 1);
  if (end <= at + 1 || text.slice(at, end).includes('\n')) return undefined;
  return { node: { kind: 'code', text: unescapeText(text.slice(at + 1, end)) }, end: end + 1 };
}

function nodeAt(text: string, at: number): Found | undefined {
  const char = text[at] ?? '';
  if (char === '\n') return { node: { kind: 'break' }, end: at + 1 };
  if (char === '`') return codeAt(text, at);
  if (char === ':') return emojiAt(text, at);
  if (char === '<') {
    const end = text.indexOf('>', at);
    const node = end < 0 ? undefined : parseAngle(text.slice(at + 1, end));
    return node && { node, end: end + 1 };
  }
  if (!isMark(char)) return undefined;
  const end = closingMark(text, at, char);
  if (end < 0) return undefined;
  return { node: { kind: MARKS[char], children: parseInline(text.slice(at + 1, end)) }, end: end + 1 };
}

/** The inline nodes of a run of mrkdwn without fences and quotes. */
export function parseInline(text: string): Inline[] {
  const nodes: Inline[] = [];
  let plain = '';
  const flush = () => {
    if (plain !== '') nodes.push({ kind: 'text', text: unescapeText(plain) });
    plain = '';
  };
  for (let at = 0; at < text.length; ) {
    const found = nodeAt(text, at);
    if (found === undefined) {
      plain += text[at];
      at += 1;
    } else {
      flush();
      nodes.push(found.node);
      at = found.end;
    }
  }
  flush();
  return nodes;
}

const quoted = /^(?:>|&gt;) ?/;

function parseLines(text: string): Flow[] {
  const flows: Flow[] = [];
  let lines: string[] = [];
  let inQuote = false;
  const flush = () => {
    const joined = lines.join('\n');
    lines = [];
    if (joined.trim() === '') return;
    const paragraph: Flow = { kind: 'paragraph', children: parseInline(joined) };
    flows.push(inQuote ? { kind: 'quote', children: [paragraph] } : paragraph);
  };
  for (const line of text.split('\n')) {
    const isQuote = quoted.test(line);
    if (isQuote !== inQuote) flush();
    inQuote = isQuote;
    lines.push(isQuote ? line.replace(quoted, '') : line);
  }
  flush();
  return flows;
}

/** The flow of a whole mrkdwn text: paragraphs (line breaks kept), quotes and preformatted parts. */
export function parseMrkdwn(text: string): Flow[] {
  return text.split(/```/).flatMap((part, index, parts): Flow[] => {
    const unclosed = index === parts.length - 1 && index % 2 === 1;
    if (unclosed) return parseLines(`\`\`\`${part}`);
    if (index % 2 === 0) return parseLines(part.replace(index > 0 ? /^\n/ : /^$/, ''));
    const code = part.replace(/^\n|\n$/g, '');
    return code === '' ? [] : [{ kind: 'pre', text: unescapeText(code) }];
  });
}
