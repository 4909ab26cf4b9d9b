/**
 * The state of stateful elements as Slack sends it in `view.state.values`, and what a person's input makes of it.
 * One row a kind of element: the key of its value, its initial value, whether it is empty.
 */
import { optionsOf } from './composition.ts';
import { isObject, type Json } from './shapes.ts';

export type ElementState = Json & { type: string };

interface Kind {
  /** Key of the value in the state, e.g. `selected_option`. */
  key: string;
  /** Key of the initial value in the element. */
  initial: string;
  /** What stands in the state when nothing is chosen. */
  empty: null | readonly never[];
  /** Makes a state value of what a person gave; undefined when it is no possible value of this element. */
  read(raw: unknown, element: Json): unknown;
}

const word = (raw: unknown) => (typeof raw === 'string' ? raw : undefined);
const words = (raw: unknown) =>
  Array.isArray(raw) && raw.every((each) => typeof each === 'string') ? raw : undefined;

/** Finds an option by its value, its text, or an option object of that value. */
function option(raw: unknown, element: Json): Json | undefined {
  const wanted = isObject(raw) ? raw.value : raw;
  const options = optionsOf(element);
  return (
    options.find((each) => each.value === wanted) ??
    options.find((each) => isObject(each.text) && each.text.text === wanted)
  );
}
const chosenOptions = (raw: unknown, element: Json) => {
  if (!Array.isArray(raw)) return undefined;
  const found = raw.map((each) => option(each, element));
  return found.every((each) => each !== undefined) ? found : undefined;
};
/** External selects choose from options that only the app knows: any option object is possible. */
const foreignOption = (raw: unknown) => (isObject(raw) ? raw : undefined);

const kind = (key: string, initial: string, read: Kind['read'], empty: Kind['empty'] = null): Kind => ({
  key,
  initial,
  read,
  empty,
});

const kinds: Readonly<Record<string, Kind>> = {
  plain_text_input: kind('value', 'initial_value', word),
  number_input: kind('value', 'initial_value', (raw) => (typeof raw === 'number' ? String(raw) : word(raw))),
  email_text_input: kind('value', 'initial_value', word),
  url_text_input: kind('value', 'initial_value', word),
  rich_text_input: kind('rich_text_value', 'initial_value', foreignOption),
  datepicker: kind('selected_date', 'initial_date', word),
  timepicker: kind('selected_time', 'initial_time', word),
  datetimepicker: kind('selected_date_time', 'initial_date_time', (raw) =>
    typeof raw === 'number' ? raw : undefined,
  ),
  static_select: kind('selected_option', 'initial_option', option),
  external_select: kind('selected_option', 'initial_option', foreignOption),
  radio_buttons: kind('selected_option', 'initial_option', option),
  users_select: kind('selected_user', 'initial_user', word),
  channels_select: kind('selected_channel', 'initial_channel', word),
  conversations_select: kind('selected_conversation', 'initial_conversation', word),
  checkboxes: kind('selected_options', 'initial_options', chosenOptions, []),
  multi_static_select: kind('selected_options', 'initial_options', chosenOptions, []),
  multi_external_select: kind(
    'selected_options',
    'initial_options',
    (raw) => (Array.isArray(raw) ? raw : undefined),
    [],
  ),
  multi_users_select: kind('selected_users', 'initial_users', words, []),
  multi_channels_select: kind('selected_channels', 'initial_channels', words, []),
  multi_conversations_select: kind('selected_conversations', 'initial_conversations', words, []),
};

const kindOf = (element: Json): Kind | undefined => kinds[String(element.type)];

const state = (element: Json, kind: Kind, value: unknown): ElementState => ({
  type: String(element.type),
  [kind.key]: value,
  ...(element.type === 'timepicker' && element.timezone !== undefined ? { timezone: element.timezone } : {}),
});

/** The state before anybody touched the element. */
export function initialState(element: Json): ElementState | undefined {
  const kind = kindOf(element);
  return kind && state(element, kind, element[kind.initial] ?? kind.empty);
}

/**
 * The state that a person's input leads to.
 * @param raw the bare value (text, option value, list of them), or the state object as Slack sends it
 * @returns undefined when this element cannot take that value
 */
export function stateFrom(element: Json, raw: unknown): ElementState | undefined {
  const kind = kindOf(element);
  if (kind === undefined) return undefined;
  const bare = isObject(raw) && kind.key in raw ? raw[kind.key] : raw;
  if (bare === null || bare === undefined || bare === '') return state(element, kind, kind.empty);
  const value = kind.read(bare, element);
  return value === undefined ? undefined : state(element, kind, value);
}

/** The bare value of a state: text, option, list; null when empty. */
export function heldValue(element: Json, given: ElementState | undefined): unknown {
  const kind = kindOf(element);
  const value = kind && given?.[kind.key];
  if (value === undefined || value === '') return null;
  return Array.isArray(value) && value.length === 0 ? null : value;
}

/** What an element tells in `actions[0]` besides its ids: its choice, and what it began with. */
export function actionValue(element: Json, given: ElementState | undefined): Json {
  const kind = kindOf(element);
  if (kind === undefined) return {};
  const begun = element[kind.initial] === undefined ? {} : { [kind.initial]: element[kind.initial] };
  return { ...begun, [kind.key]: given?.[kind.key] ?? kind.empty };
}
