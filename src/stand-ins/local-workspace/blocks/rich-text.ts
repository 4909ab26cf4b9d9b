/** Rich text: sections, lists, quotes and preformatted text made of styled runs. */
import { blockId } from './composition.ts';
import {
  boolean,
  byType,
  type Check,
  integer,
  list,
  object,
  oneOf,
  optional,
  required,
  string,
} from './shapes.ts';

const type = required(string());
const style = optional(
  object({
    bold: optional(boolean),
    italic: optional(boolean),
    strike: optional(boolean),
    code: optional(boolean),
    underline: optional(boolean),
    highlight: optional(boolean),
    client_highlight: optional(boolean),
    unlink: optional(boolean),
  }),
);
const some = string({ min: 1 });
const border = optional(integer(0, 1));

const text = object({ type, text: required(some), style });
const link = object({
  type,
  url: required(some),
  text: optional(string()),
  unsafe: optional(boolean),
  style,
});

const run = byType({
  text,
  link,
  emoji: object({ type, name: required(some), unicode: optional(some), url: optional(some), style }),
  user: object({ type, user_id: required(some), style }),
  channel: object({ type, channel_id: required(some), style }),
  usergroup: object({ type, usergroup_id: required(some), style }),
  team: object({ type, team_id: required(some), style }),
  broadcast: object({ type, range: required(oneOf('here', 'channel', 'everyone')), style }),
  color: object({ type, value: required(some), style }),
  date: object({
    type,
    timestamp: required(integer(0)),
    format: required(some),
    url: optional(some),
    fallback: optional(some),
    style,
  }),
});

const section = object({ type, elements: required(list(run)) });

/** A rich_text block. */
export const richText: Check = object({
  type,
  block_id: blockId,
  elements: required(
    list(
      byType({
        rich_text_section: section,
        rich_text_list: object({
          type,
          style: required(oneOf('bullet', 'ordered')),
          elements: required(list(byType({ rich_text_section: section }))),
          indent: optional(integer(0, 8)),
          offset: optional(integer(0)),
          border,
        }),
        rich_text_quote: object({ type, elements: required(list(run)), border }),
        rich_text_preformatted: object({
          type,
          elements: required(list(byType({ text, link }))),
          border,
          language: optional(some),
        }),
      }),
    ),
  ),
});
