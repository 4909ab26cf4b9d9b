/** Interactive elements and the blocks they may stand in. */
import {
  actionId,
  choiceOption,
  confirm,
  conversationFilter,
  dispatchActionConfig,
  focusOnLoad,
  onePictureSource,
  optionGroup,
  optionsOf,
  overflowOption,
  pictureFields,
  placeholder,
  plainText,
  selectOption,
  url,
} from './composition.ts';
import { richText } from './rich-text.ts';
import {
  boolean,
  type Check,
  type Field,
  fault,
  integer,
  isObject,
  type Json,
  list,
  object,
  oneOf,
  optional,
  required,
  string,
} from './shapes.ts';

const actionable = { type: required(string()), action_id: actionId };
const chooser = { ...actionable, confirm, focus_on_load: focusOnLoad };
const menu = { ...chooser, placeholder };
const typed = {
  ...actionable,
  placeholder,
  focus_on_load: focusOnLoad,
  dispatch_action_config: dispatchActionConfig,
};
const id = string({ min: 1 });
const ids = list(id);
const maxSelected = { max_selected_items: optional(integer(1)) };
const responseUrlEnabled = { response_url_enabled: optional(boolean) };

/** Compares an option as Slack does for initial values: by text and value. */
const sameOption = (one: unknown, other: unknown) =>
  isObject(one) &&
  isObject(other) &&
  one.value === other.value &&
  isObject(one.text) &&
  isObject(other.text) &&
  one.text.text === other.text.text;

/** What is chosen at first must be one of the options. */
const initialAmongOptions: Check = (value, at, walk) => {
  const element = value as Json;
  const options = optionsOf(element);
  const among = (chosen: unknown) => options.some((option) => sameOption(option, chosen));
  if (element.initial_option !== undefined && !among(element.initial_option)) {
    fault(walk, 'must exactly match one of the options provided', `${at}/initial_option`);
  }
  const chosen = Array.isArray(element.initial_options) ? element.initial_options : [];
  chosen.forEach((each, index) => {
    if (!among(each))
      fault(walk, 'must exactly match one of the options provided', `${at}/initial_options/${index}`);
  });
};

const optionsOrGroups: Check = (value, at, walk) => {
  const element = value as Json;
  if ((element.options === undefined) === (element.option_groups === undefined)) {
    fault(walk, 'must define either `options` or `option_groups`', at);
  }
};

const ordered =
  (low: string, high: string): Check =>
  (value, at, walk) => {
    const element = value as Json;
    if (element[low] === undefined || element[high] === undefined) return;
    if (Number(element[low]) > Number(element[high])) {
      fault(walk, `must be less than or equal to ${high}`, `${at}/${low}`);
    }
  };

const staticOptions = {
  options: optional(list(selectOption, { min: 1, max: 100 })),
  option_groups: optional(list(optionGroup, { min: 1, max: 100 })),
};
const choices = { options: required(list(choiceOption, { min: 1, max: 10 })) };
const select = (fields: Record<string, Field>, ...also: Check[]) => object({ ...menu, ...fields }, ...also);
const multiSelect = (fields: Record<string, Field>, ...also: Check[]) =>
  select({ ...maxSelected, ...fields }, ...also);
const numeral = string({ min: 1, pattern: /^-?\d+(\.\d+)?$/, says: 'must be a valid number' });
const date = string({ pattern: /^\d{4}-\d{2}-\d{2}$/, says: 'must be a valid date' });
const time = string({ pattern: /^([01]\d|2[0-3]):[0-5]\d$/, says: 'must be a valid time' });

export const image = object({ type: required(string()), ...pictureFields }, onePictureSource);

export const button = object({
  ...actionable,
  confirm,
  text: required(plainText(75)),
  value: optional(string({ max: 2000 })),
  url: optional(url),
  style: optional(oneOf('primary', 'danger')),
  accessibility_label: optional(string({ max: 75 })),
});

/** Every interactive element by its type. */
const elementChecks = {
  button,
  checkboxes: object(
    { ...chooser, ...choices, initial_options: optional(list(choiceOption, { min: 1 })) },
    initialAmongOptions,
  ),
  radio_buttons: object(
    { ...chooser, ...choices, initial_option: optional(choiceOption) },
    initialAmongOptions,
  ),
  overflow: object({ ...actionable, confirm, options: required(list(overflowOption, { min: 1, max: 5 })) }),
  datepicker: object({ ...menu, initial_date: optional(date) }),
  timepicker: object({ ...menu, initial_time: optional(time), timezone: optional(id) }),
  datetimepicker: object({ ...chooser, initial_date_time: optional(integer(1_000_000_000, 9_999_999_999)) }),
  static_select: select(
    { ...staticOptions, initial_option: optional(selectOption) },
    optionsOrGroups,
    initialAmongOptions,
  ),
  multi_static_select: multiSelect(
    { ...staticOptions, initial_options: optional(list(selectOption, { min: 1 })) },
    optionsOrGroups,
    initialAmongOptions,
  ),
  external_select: select({ initial_option: optional(selectOption), min_query_length: optional(integer(0)) }),
  multi_external_select: multiSelect({
    initial_options: optional(list(selectOption, { min: 1 })),
    min_query_length: optional(integer(0)),
  }),
  users_select: select({ initial_user: optional(id) }),
  multi_users_select: multiSelect({ initial_users: optional(ids) }),
  channels_select: select({ initial_channel: optional(id), ...responseUrlEnabled }),
  multi_channels_select: multiSelect({ initial_channels: optional(ids) }),
  conversations_select: select({
    initial_conversation: optional(id),
    default_to_current_conversation: optional(boolean),
    filter: conversationFilter,
    ...responseUrlEnabled,
  }),
  multi_conversations_select: multiSelect({
    initial_conversations: optional(ids),
    default_to_current_conversation: optional(boolean),
    filter: conversationFilter,
  }),
  plain_text_input: object(
    {
      ...typed,
      initial_value: optional(string({ max: 3000 })),
      multiline: optional(boolean),
      min_length: optional(integer(0, 3000)),
      max_length: optional(integer(1, 3000)),
    },
    ordered('min_length', 'max_length'),
  ),
  number_input: object(
    {
      ...typed,
      is_decimal_allowed: required(boolean),
      initial_value: optional(numeral),
      min_value: optional(numeral),
      max_value: optional(numeral),
    },
    ordered('min_value', 'max_value'),
  ),
  email_text_input: object({ ...typed, initial_value: optional(string({ max: 3000 })) }),
  url_text_input: object({ ...typed, initial_value: optional(string({ max: 3000 })) }),
  rich_text_input: object({
    ...typed,
    initial_value: optional(richText),
    min_lines: optional(integer(1, 100)),
    max_lines: optional(integer(1, 100)),
  }),
} satisfies Record<string, Check>;

type ElementType = keyof typeof elementChecks;

const choosers = ['checkboxes', 'radio_buttons', 'datepicker', 'timepicker'] as const;
const menus = ['static', 'external', 'users', 'channels', 'conversations'] as const;
const selects = menus.flatMap((kind) => [`${kind}_select`, `multi_${kind}_select`] as const);

const pick = (types: readonly ElementType[]): Record<string, Check> =>
  Object.fromEntries(types.map((type) => [type, elementChecks[type]]));

/** What may stand in an actions block. */
export const inActions = pick([
  'button',
  'overflow',
  'datetimepicker',
  'rich_text_input',
  ...choosers,
  ...selects,
]);
/** What may stand beside a section's text. */
export const inSection = { ...pick(['button', 'overflow', ...choosers, ...selects]), image };
/** What may stand in an input block. */
export const inInput = pick([
  'plain_text_input',
  'number_input',
  'email_text_input',
  'url_text_input',
  'rich_text_input',
  'datetimepicker',
  ...choosers,
  ...selects,
]);
