import type {
  ExternalSelect,
  MultiExternalSelect,
  MultiStaticSelect,
  PlainTextElement,
  PlainTextOption,
  RadioButtons,
  StaticSelect,
} from '@slack/types';
import { isRegionName } from '../../calendar.ts';
import { groupBy } from '../../group-by.ts';
import { shorten } from '../copy/mrkdwn.ts';
import { plain } from './modal.ts';

/** How many options Slack takes in one list, and lists in one menu. */
const MAX_OPTIONS = 100;
const MAX_OPTION_LENGTH = 75;

interface Group {
  label: PlainTextElement;
  options: PlainTextOption[];
}

export function option(text: string, value: string): PlainTextOption {
  return { text: plain(shorten(text.replace(/\s+/g, ' '), MAX_OPTION_LENGTH)), value };
}

/** A menu with one choice. */
export function one(id: string, options: PlainTextOption[], wanted: string): StaticSelect {
  const initial = options.find(({ value }) => value === wanted);
  return {
    type: 'static_select',
    action_id: id,
    options,
    ...(initial === undefined ? {} : { initial_option: initial }),
  };
}

/** Radio buttons. */
export function choices(id: string, options: PlainTextOption[], wanted: string): RadioButtons {
  const initial = options.find(({ value }) => value === wanted);
  return {
    type: 'radio_buttons',
    action_id: id,
    options,
    ...(initial === undefined ? {} : { initial_option: initial }),
  };
}

/**
 * A menu with one choice of a list that can be long. Slack takes a hundred options with a view; of a longer list it asks
 * for those that match what the person types, which `suggestions` in `listeners.ts` answers for this action id.
 */
export function longSelect(
  id: string,
  options: PlainTextOption[],
  { wanted, placeholder }: { wanted?: string | undefined; placeholder: string },
): StaticSelect | ExternalSelect {
  const initial = options.find(({ value }) => value === wanted);
  const common = {
    action_id: id,
    placeholder: plain(placeholder),
    ...(initial === undefined ? {} : { initial_option: initial }),
  };
  return options.length <= MAX_OPTIONS
    ? { type: 'static_select', options, ...common }
    : { type: 'external_select', min_query_length: 0, ...common };
}

/** The same with any number of choices. */
export function many(
  id: string,
  options: PlainTextOption[],
  wanted: readonly string[],
  placeholder: string,
): MultiStaticSelect | MultiExternalSelect {
  const initial = options.filter(({ value }) => value !== undefined && wanted.includes(value));
  const common = {
    action_id: id,
    placeholder: plain(placeholder),
    ...(initial.length === 0 ? {} : { initial_options: initial }),
  };
  return options.length <= MAX_OPTIONS
    ? { type: 'multi_static_select', options, ...common }
    : { type: 'multi_external_select', min_query_length: 0, ...common };
}

/** The options that contain what was typed, at most as many as Slack takes, those that begin with it first. */
export function matchOptions(options: readonly PlainTextOption[], typed: string): PlainTextOption[] {
  const wanted = fold(typed);
  const matching = options.filter(({ text }) => fold(text.text).includes(wanted));
  const isFirst = ({ text }: PlainTextOption): boolean => fold(text.text).startsWith(wanted);
  return [...matching.filter(isFirst), ...matching.filter((each) => !isFirst(each))].slice(0, MAX_OPTIONS);
}

/** Without case and accents, as people search. */
function fold(text: string): string {
  return text.trim().normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** A list longer than Slack takes in one piece; each piece is named by its first and last. */
function inGroups(options: readonly PlainTextOption[]): Group[] {
  const count = Math.ceil(options.length / MAX_OPTIONS);
  return Array.from({ length: count }, (_, index) => {
    const part = options.slice(index * MAX_OPTIONS, (index + 1) * MAX_OPTIONS);
    const [first = '', last = ''] = [part[0], part.at(-1)].map((each) => shorten(each?.text.text ?? '', 30));
    return { label: plain(`${first} – ${last}`), options: part };
  });
}

/** Every time zone by region, with those given among them. */
export function zoneGroups(known: readonly string[]): Group[] {
  const zones = new Set([...known, 'UTC', ...Intl.supportedValuesOf('timeZone').filter(isRegionName)]);
  const regions = groupBy([...zones].toSorted(), (zone) => /^(.*?)\//.exec(zone)?.[1] ?? 'Other');
  return [...regions].flatMap(([region, names]) => {
    const options = names.map((zone) => option(zone, zone));
    return options.length <= MAX_OPTIONS ? [{ label: plain(region), options }] : inGroups(options);
  });
}
