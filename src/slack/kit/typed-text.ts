import { visibleText } from '../../outside-text.ts';

/** What a person typed after `/credits`, as they typed it. */
export interface TypedText {
  /** Without Slack's escapes and marks: people and channels by their names, `R&D` and not `R&amp;D`. */
  plain: string;
  /** The same without the people. */
  withoutPeople: string;
  /** The users who were mentioned, each once. */
  userIds: string[];
}

const MARK = /<([^<>]*)>/g;
const MENTION = /^@([UW][A-Z0-9]+)$/;
const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/**
 * Undoes what Slack makes of a command's text, once, before any command reads it: `&`, `<` and `>` come as entities;
 * people, channels, groups and addresses as marks like `<@U1|ana>`, `<#C1|general>`, `<http://x.com|x.com>`. Plain text
 * is escaped again where it is shown (R29).
 */
export function readTypedText(raw: string): TypedText {
  const userIds = new Set<string>();
  const withoutPeople: string[] = [];
  const plain: string[] = [];
  const add = (text: string, isPerson = false): void => {
    const read = text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity);
    plain.push(read);
    withoutPeople.push(isPerson ? ' ' : read);
  };
  let end = 0;
  for (const { 0: mark, 1: content = '', index } of raw.matchAll(MARK)) {
    add(raw.slice(end, index));
    end = index + mark.length;
    const [target = '', label] = splitOnce(content, '|');
    const userId = MENTION.exec(target)?.[1];
    if (userId !== undefined) userIds.add(userId);
    add(nameOf(target, label), userId !== undefined);
  }
  add(raw.slice(end));
  return { plain: tidy(plain), withoutPeople: tidy(withoutPeople), userIds: [...userIds] };
}

/** Marks that people and their keyboards put around words: quotes, and Slack's own bold, italic, struck and code. */
const PAIRS = ['“”', '„“', '„”', '””', '‘’', '«»', '‹›', '""', "''", '**', '__', '~~', '``'];

/** `“London”`, `*London*`, `_“London”_`: without the marks around all of it. */
function unwrap(text: string): string {
  const isWrapped = PAIRS.some(
    ([open, close]) => text.length > 2 && text.at(0) === open && text.at(-1) === close,
  );
  // Of two quotations that only begin and end it, neither is around all of it.
  const inside = text.slice(1, -1);
  const isWhole = isWrapped && !inside.includes(text.at(0) ?? '') && !inside.includes(text.at(-1) ?? '');
  return isWhole ? unwrap(inside.trim()) : text;
}

/** What follows a subcommand, without the marks around it, or around an amount that it begins with, and without a full stop behind it. */
function withoutMarks(rest: string): string {
  const whole = unwrap(rest);
  const ended = /^[^.]*[^.\s]\.$/.test(whole) ? whole.slice(0, -1) : whole;
  const [first = '', ...others] = unwrap(ended).split(' ');
  const amount = unwrap(first);
  return [/^[$\d]/.test(amount) ? amount : first, ...others].join(' ');
}

/** Takes the first word off: `usage last month` is the subcommand `usage` and `last month`. */
export function splitCommand(typed: TypedText): { subcommand: string; rest: TypedText } {
  const [subcommand = ''] = typed.plain.split(' ');
  const cut = (text: string): string =>
    text.startsWith(subcommand) ? text.slice(subcommand.length).trimStart() : text;
  const { plain, withoutPeople, userIds } = typed;
  return {
    subcommand,
    rest: { plain: withoutMarks(cut(plain)), withoutPeople: withoutMarks(cut(withoutPeople)), userIds },
  };
}

/** What a reader of the channel sees for a mark. */
function nameOf(target: string, label: string | undefined): string {
  if (target.startsWith('@') || target.startsWith('#'))
    return `${target.charAt(0)}${label ?? target.slice(1)}`;
  if (target.startsWith('!')) {
    const name = label ?? target.slice(1).split('^')[0] ?? '';
    return name.startsWith('@') ? name : `@${name}`;
  }
  return label ?? target;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function tidy(parts: readonly string[]): string {
  const seen = visibleText(parts.join('').replace(/\s+/g, ' ')).replace(/[\u2068\u2069]/g, '');
  return seen.replace(/[\u2010\u2011\uFE63\uFF0D]/g, '-').trim();
}
