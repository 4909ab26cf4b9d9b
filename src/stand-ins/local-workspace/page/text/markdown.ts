/** The Markdown of `markdown` blocks as the same tree as mrkdwn: headings, lists, quotes, fences, rules and tables. */
import type { Align, Flow } from './inline.ts';
import { parseMarkdownInline } from './markdown-inline.ts';

const FENCE = /^\s*```/;
const HEADING = /^(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^\s*([-*_])(\s*\1){2,}\s*$/;
const QUOTE = /^\s*>\s?/;
const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;
const DIVIDER_ROW = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

interface Taken {
  flow: Flow;
  next: number;
}

const startsBlock = (line: string): boolean =>
  FENCE.test(line) || HEADING.test(line) || RULE.test(line) || QUOTE.test(line) || ITEM.test(line);

function takeFence(lines: readonly string[], from: number): Taken {
  let end = from + 1;
  while (end < lines.length && !FENCE.test(lines[end] ?? '')) end += 1;
  return { flow: { kind: 'pre', text: lines.slice(from + 1, end).join('\n') }, next: end + 1 };
}

function takeQuote(lines: readonly string[], from: number): Taken {
  let end = from;
  while (end < lines.length && QUOTE.test(lines[end] ?? '')) end += 1;
  const inner = lines.slice(from, end).map((line) => line.replace(QUOTE, ''));
  return { flow: { kind: 'quote', children: parseMarkdown(inner.join('\n')) }, next: end };
}

function takeList(lines: readonly string[], from: number): Taken {
  const first = ITEM.exec(lines[from] ?? '');
  const marker = first?.[2] ?? '-';
  const ordered = /\d/.test(marker);
  const margin = first?.[1]?.length ?? 0;
  const items: string[][] = [];
  let at = from;
  for (; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const item = ITEM.exec(line);
    const isOwn = item !== null && (item[1]?.length ?? 0) <= margin;
    if (isOwn && /\d/.test(item[2] ?? '') !== ordered) break;
    if (isOwn) items.push([item[3] ?? '']);
    else if (line.trim() !== '' && (item !== null || /^\s/.test(line))) {
      items.at(-1)?.push(line.slice(Math.min(margin + 2, line.length - line.trimStart().length)));
    } else break;
  }
  const start = ordered ? Number.parseInt(marker, 10) : 1;
  const flows = items.map((item) => parseMarkdown(item.join('\n')));
  return { flow: { kind: 'list', ordered, start, items: flows }, next: at };
}

const cellsOf = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());

const alignOf = (cell: string): Align => {
  if (!cell.endsWith(':')) return 'left';
  return cell.startsWith(':') ? 'center' : 'right';
};

function takeGrid(lines: readonly string[], from: number): Taken {
  let end = from + 2;
  while (end < lines.length && (lines[end] ?? '').includes('|')) end += 1;
  const row = (line: string) => cellsOf(line).map((cell) => parseMarkdownInline(cell));
  const flow: Flow = {
    kind: 'grid',
    head: row(lines[from] ?? ''),
    aligns: cellsOf(lines[from + 1] ?? '').map(alignOf),
    rows: lines.slice(from + 2, end).map(row),
  };
  return { flow, next: end };
}

function takeParagraph(lines: readonly string[], from: number): Taken {
  let end = from + 1;
  while (end < lines.length && (lines[end] ?? '').trim() !== '' && !startsBlock(lines[end] ?? '')) end += 1;
  const text = lines.slice(from, end).join('\n');
  return { flow: { kind: 'paragraph', children: parseMarkdownInline(text) }, next: end };
}

function take(lines: readonly string[], from: number): Taken {
  const line = lines[from] ?? '';
  const heading = HEADING.exec(line);
  if (FENCE.test(line)) return takeFence(lines, from);
  if (heading) {
    const children = parseMarkdownInline(heading[2] ?? '');
    return { flow: { kind: 'heading', level: heading[1]?.length ?? 1, children }, next: from + 1 };
  }
  if (RULE.test(line)) return { flow: { kind: 'rule' }, next: from + 1 };
  if (QUOTE.test(line)) return takeQuote(lines, from);
  if (ITEM.test(line)) return takeList(lines, from);
  if (line.includes('|') && DIVIDER_ROW.test(lines[from + 1] ?? '')) return takeGrid(lines, from);
  return takeParagraph(lines, from);
}

/** The flow of a Markdown text. */
export function parseMarkdown(text: string): Flow[] {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const flows: Flow[] = [];
  for (let at = 0; at < lines.length; ) {
    if ((lines[at] ?? '').trim() === '') {
      at += 1;
      continue;
    }
    const { flow, next } = take(lines, at);
    flows.push(flow);
    at = next;
  }
  return flows;
}
