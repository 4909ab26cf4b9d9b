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

/** Takes the first word off: `usage last month` is the subcommand `usage` and `last month`. */
export function splitCommand(typed: TypedText): { subcommand: string; rest: TypedText } {
  const [subcommand = ''] = typed.plain.split(' ');
  const cut = (text: string): string =>
    text.startsWith(subcommand) ? text.slice(subcommand.length).trimStart() : text;
  const { plain, withoutPeople, userIds } = typed;
  return { subcommand, rest: { plain: cut(plain), withoutPeople: cut(withoutPeople), userIds } };
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
  return parts.join('').trim().replace(/\s+/g, ' ');
}
