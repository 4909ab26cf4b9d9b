/** rich_text as the same tree as mrkdwn: its sections, lists, quotes and preformatted parts. */
import { isObject, type Json, listOf, numberOf, textOf } from '../blocks/shape.ts';
import { emojiOf } from './emoji.ts';
import { type Flow, type Inline, isSafeUrl } from './inline.ts';

const WRAPS = ['strike', 'italic', 'bold', 'underline', 'highlight'] as const;

function styled(node: Inline, style: unknown): Inline {
  if (!isObject(style)) return node;
  const start: Inline =
    style.code === true && node.kind === 'text' ? { kind: 'code', text: node.text } : node;
  return WRAPS.reduce<Inline>(
    (inner, kind) => (style[kind] === true ? { kind, children: [inner] } : inner),
    start,
  );
}

function emoji(run: Json): Inline {
  const name = textOf(run.name);
  const codes = textOf(run.unicode)
    .split('-')
    .map((code) => Number.parseInt(code, 16))
    .filter((code) => code > 0 && code <= 0x10_ff_ff);
  const unicode = codes.length > 0 ? String.fromCodePoint(...codes) : (emojiOf(name) ?? `:${name}:`);
  return { kind: 'emoji', name, unicode };
}

function link(run: Json): Inline {
  const url = textOf(run.url);
  const label: Inline = { kind: 'text', text: textOf(run.text) || url };
  return isSafeUrl(url) ? { kind: 'link', url, children: [label] } : label;
}

const runs: Readonly<Record<string, (run: Json) => Inline>> = {
  text: (run) => ({ kind: 'text', text: textOf(run.text) }),
  link,
  emoji,
  user: (run) => ({ kind: 'user', id: textOf(run.user_id) }),
  channel: (run) => ({ kind: 'channel', id: textOf(run.channel_id), name: null }),
  usergroup: () => ({ kind: 'group', name: '@group' }),
  broadcast: (run) => ({ kind: 'broadcast', range: textOf(run.range) }),
  color: (run) => ({ kind: 'color', value: textOf(run.value) }),
  date: (run) => ({
    kind: 'date',
    epochSeconds: numberOf(run.timestamp) ?? 0,
    format: textOf(run.format),
    url: textOf(run.url) || null,
    fallback: textOf(run.fallback),
  }),
};

const withBreaks = (node: Inline): Inline[] =>
  node.kind !== 'text' || !node.text.includes('\n')
    ? [node]
    : node.text
        .split('\n')
        .flatMap((line, index): Inline[] => [
          ...(index > 0 ? [{ kind: 'break' as const }] : []),
          ...(line === '' ? [] : [{ kind: 'text' as const, text: line }]),
        ]);

const inlineOf = (elements: unknown): Inline[] =>
  listOf(elements).flatMap((run) => {
    const node = runs[textOf(run.type)]?.(run);
    return node === undefined ? [] : withBreaks(node).map((each) => styled(each, run.style));
  });

function flowOf(part: Json): Flow {
  if (part.type === 'rich_text_preformatted') {
    const text = listOf(part.elements).map((run) => textOf(run.text) || textOf(run.url));
    return { kind: 'pre', text: text.join('') };
  }
  if (part.type === 'rich_text_quote') {
    return { kind: 'quote', children: [{ kind: 'paragraph', children: inlineOf(part.elements) }] };
  }
  if (part.type !== 'rich_text_list') return { kind: 'paragraph', children: inlineOf(part.elements) };
  const items = listOf(part.elements).map((item): Flow[] => [
    { kind: 'paragraph', children: inlineOf(item.elements) },
  ]);
  const list: Flow = {
    kind: 'list',
    ordered: part.style === 'ordered',
    start: (numberOf(part.offset) ?? 0) + 1,
    items,
  };
  return Array.from({ length: numberOf(part.indent) ?? 0 }).reduce<Flow>(
    (inner) => ({ kind: 'list', ordered: false, start: 1, items: [[inner]] }),
    list,
  );
}

/** The flow of a rich_text block. */
export const richTextFlow = (block: Json): Flow[] => listOf(block.elements).map(flowOf);
