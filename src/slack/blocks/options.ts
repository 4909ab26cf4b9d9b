import type {
  MultiStaticSelect,
  PlainTextElement,
  PlainTextOption,
  RadioButtons,
  StaticSelect,
} from '@slack/types';
import { plain } from '../purchase/modal.ts';
import { shorten } from './build.ts';

/** How many options Slack takes in one list, and lists in one menu. */
const MOST_OPTIONS = 100;

interface Group {
  label: PlainTextElement;
  options: PlainTextOption[];
}

export function option(text: string, value: string): PlainTextOption {
  return { text: plain(text), value };
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

/** A menu with any number of choices; in groups where there are more options than one list takes. */
export function many(
  id: string,
  options: PlainTextOption[],
  wanted: readonly string[],
  placeholder: string,
): MultiStaticSelect {
  const initial = options.filter(({ value }) => value !== undefined && wanted.includes(value));
  return {
    type: 'multi_static_select',
    action_id: id,
    placeholder: plain(placeholder),
    ...(options.length <= MOST_OPTIONS ? { options } : { option_groups: inGroups(options) }),
    ...(initial.length === 0 ? {} : { initial_options: initial }),
  };
}

/** A list longer than Slack takes in one piece; each piece is named by its first and last. */
export function inGroups(options: readonly PlainTextOption[]): Group[] {
  const count = Math.ceil(options.length / MOST_OPTIONS);
  return Array.from({ length: count }, (_, index) => {
    const part = options.slice(index * MOST_OPTIONS, (index + 1) * MOST_OPTIONS);
    const [first = '', last = ''] = [part[0], part.at(-1)].map((each) => shorten(each?.text.text ?? '', 30));
    return { label: plain(`${first} – ${last}`), options: part };
  });
}

/** Every time zone by region, with those given among them. */
export function zoneGroups(known: readonly string[]): Group[] {
  const zones = new Set([...known, 'UTC', ...Intl.supportedValuesOf('timeZone')]);
  const regions = new Map<string, PlainTextOption[]>();
  for (const zone of [...zones].toSorted()) {
    const region = zone.split('/')[0] ?? zone;
    const name = zone.includes('/') ? region : 'Other';
    regions.set(name, [...(regions.get(name) ?? []), option(zone, zone)]);
  }
  return [...regions].flatMap(([region, options]) =>
    options.length <= MOST_OPTIONS ? [{ label: plain(region), options }] : inGroups(options),
  );
}
