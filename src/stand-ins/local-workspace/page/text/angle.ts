/** What stands between `<` and `>` in mrkdwn: links, mentions, broadcasts and dates. */
import { type Inline, isSafeUrl, unescapeText } from './inline.ts';

const words = (text: string): Inline[] => [{ kind: 'text', text: unescapeText(text) }];

function parseDate(body: string, fallback: string): Inline | undefined {
  const [, epoch, format, url] = body.split('^');
  if (epoch === undefined || format === undefined || !/^\d+$/.test(epoch)) return undefined;
  return {
    kind: 'date',
    epochSeconds: Number(epoch),
    format: unescapeText(format),
    url: url === undefined ? null : unescapeText(url),
    fallback: unescapeText(fallback),
  };
}

function parseSpecial(body: string, label: string): Inline | undefined {
  if (body.startsWith('date^')) return parseDate(body, label);
  if (body.startsWith('subteam^')) return { kind: 'group', name: label || '@group' };
  if (/^(here|channel|everyone)$/.test(body)) return { kind: 'broadcast', range: body };
  return label === '' ? undefined : { kind: 'text', text: label };
}

/** @returns undefined when the text means nothing to Slack, so that it stays as it was written */
export function parseAngle(inside: string): Inline | undefined {
  const bar = inside.indexOf('|');
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? '' : inside.slice(bar + 1);
  if (/^@[UWB][A-Z0-9]+$/.test(target)) return { kind: 'user', id: target.slice(1) };
  if (/^#[CGD][A-Z0-9]+$/.test(target)) {
    return { kind: 'channel', id: target.slice(1), name: label === '' ? null : unescapeText(label) };
  }
  if (target.startsWith('!')) return parseSpecial(target.slice(1), label);
  const url = unescapeText(target);
  if (/\s/.test(url) || !isSafeUrl(url)) return undefined;
  return { kind: 'link', url, children: words(label === '' ? url.replace(/^(mailto|tel):/, '') : label) };
}
