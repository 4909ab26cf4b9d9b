/** The choices of every kind of select as one list of plain options. */
import type { Conversation, WorkspaceUser } from '../../protocol.ts';
import { isObject, type Json, listOf, plainTextOf, textOf } from '../blocks/shape.ts';

export interface PlainOption {
  value: string;
  text: string;
  description: string;
  group: string;
  /** Hue of the avatar when the option is a person. */
  person?: WorkspaceUser;
}

const plain = (option: Json, group = ''): PlainOption => ({
  value: textOf(option.value),
  text: plainTextOf(option.text),
  description: plainTextOf(option.description),
  group,
});

export interface Known {
  users: readonly WorkspaceUser[];
  conversations: readonly Conversation[];
}

/** Options of a select element; people and channels come from the workspace. */
export function optionsFor(element: Json, { users, conversations }: Known): PlainOption[] {
  const type = textOf(element.type).replace(/^multi_/, '');
  if (type === 'users_select') {
    return users
      .filter((user) => !user.isBot)
      .map((user) => ({
        value: user.id,
        text: user.realName,
        description: user.title,
        group: '',
        person: user,
      }));
  }
  if (type === 'channels_select' || type === 'conversations_select') {
    const include = isObject(element.filter) ? element.filter.include : undefined;
    const takesDirect =
      type === 'conversations_select' && (!Array.isArray(include) || include.includes('im'));
    return conversations
      .filter((each) => each.kind === 'channel' || takesDirect)
      .map(({ id, kind, name }) => ({
        value: id,
        text: kind === 'channel' ? `#${name}` : name,
        description: '',
        group: '',
      }));
  }
  const groups = listOf(element.option_groups);
  const flat = listOf(element.options).map((option) => plain(option));
  return [
    ...flat,
    ...groups.flatMap((group) =>
      listOf(group.options).map((option) => plain(option, plainTextOf(group.label))),
    ),
  ];
}

/** Options that the app answered, and what an external select holds of them. */
export const plainOptions = (options: unknown): PlainOption[] =>
  listOf(options).map((option) => plain(option));

/** The chosen values of any select's held value. */
export const chosenValues = (held: unknown): string[] =>
  (Array.isArray(held) ? held : [held]).flatMap((each) => {
    if (typeof each === 'string') return [each];
    return isObject(each) ? [textOf(each.value)] : [];
  });

/** Options whose words hold every word of the search, in any order. */
export function filterOptions(options: readonly PlainOption[], search: string): PlainOption[] {
  const wanted = search.toLowerCase().split(/\s+/).filter(Boolean);
  return options.filter((option) => {
    const words = `${option.text} ${option.description} ${option.group}`.toLowerCase();
    return wanted.every((each) => words.includes(each));
  });
}
