/** Composition objects: texts, options, confirmation dialogs and the like, with Slack's documented limits. */
import {
  boolean,
  byType,
  type Check,
  fault,
  isObject,
  type Json,
  list,
  object,
  oneOf,
  optional,
  required,
  string,
} from './shapes.ts';

const type = required(string({}));

const textFields = (max: number, min: number) => ({ type, text: required(string({ min, max })) });
const plain = (max: number, min: number) => object({ ...textFields(max, min), emoji: optional(boolean) });
const mrkdwn = (max: number, min: number) => object({ ...textFields(max, min), verbatim: optional(boolean) });

/** A plain_text object of 1 to max characters. */
export const plainText = (max: number, min = 1): Check => byType({ plain_text: plain(max, min) });

/** A plain_text or mrkdwn object of 1 to max characters. */
export const anyText = (max: number, min = 1): Check =>
  byType({ plain_text: plain(max, min), mrkdwn: mrkdwn(max, min) });

export const actionId = optional(string({ max: 255 }));
export const blockId = optional(string({ max: 255 }));
export const url = string({ min: 1, max: 3000 });
export const placeholder = optional(plainText(150));
export const focusOnLoad = optional(boolean);

export const confirm = optional(
  object({
    title: optional(plainText(100)),
    text: required(anyText(300)),
    confirm: optional(plainText(30)),
    deny: optional(plainText(30)),
    style: optional(oneOf('primary', 'danger')),
  }),
);

export const dispatchActionConfig = optional(
  object({
    trigger_actions_on: optional(list(oneOf('on_enter_pressed', 'on_character_entered'), { min: 1, max: 2 })),
  }),
);

const optionFields = (text: Check) => ({
  text: required(text),
  value: required(string({ min: 1, max: 150 })),
  description: optional(plainText(75)),
});

/** An option of a select menu: its text is plain. */
export const selectOption = object(optionFields(plainText(75)));
/** An option of checkboxes and radio buttons: its text may be mrkdwn. */
export const choiceOption = object({ ...optionFields(anyText(75)), description: optional(anyText(75)) });
/** An option of an overflow menu: it may be a link. */
export const overflowOption = object({ ...optionFields(plainText(75)), url: optional(url) });

export const optionGroup = object({
  label: required(plainText(75)),
  options: required(list(selectOption, { min: 1, max: 100 })),
});

export const conversationFilter = optional(
  object(
    {
      include: optional(list(oneOf('im', 'mpim', 'private', 'public'), { min: 1, max: 4 })),
      exclude_external_shared_channels: optional(boolean),
      exclude_bot_users: optional(boolean),
    },
    (value, at, walk) => {
      if (isObject(value) && Object.keys(value).length === 0)
        fault(walk, 'must provide at least one filter', at);
    },
  ),
);

const slackFile = object({ id: optional(string({ min: 1 })), url: optional(url) }, (value, at, walk) => {
  if (isObject(value) && (value.id === undefined) === (value.url === undefined)) {
    fault(walk, 'must define either `id` or `url`', at);
  }
});

/** The fields of every picture, and the rule that it has exactly one source. */
export const pictureFields = {
  image_url: optional(url),
  slack_file: optional(slackFile),
  alt_text: required(string({ min: 1, max: 2000 })),
};
export const onePictureSource: Check = (value, at, walk) => {
  if (isObject(value) && (value.image_url === undefined) === (value.slack_file === undefined)) {
    fault(walk, 'must define either `image_url` or `slack_file`', at);
  }
};

/** All options of a menu, those within groups included. */
export function optionsOf(element: Json): Json[] {
  const flat = Array.isArray(element.options) ? element.options : [];
  const groups = Array.isArray(element.option_groups) ? element.option_groups : [];
  return [...flat, ...groups.flatMap((group) => (isObject(group) ? (group.options ?? []) : []))].filter(
    isObject,
  );
}
