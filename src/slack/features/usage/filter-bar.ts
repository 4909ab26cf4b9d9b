import type { KnownBlock, PlainTextOption } from '@slack/types';
import { type Person, visibleOffices } from '../../../org/index.ts';
import {
  type ExportQuery,
  type ListedPerson,
  listDepartments,
  listFirstPeople,
  listPeople,
  readPeriod,
} from '../../../usage/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { usageCopy as copy, kindNames } from '../../copy/index.ts';
import { escapeText } from '../../copy/mrkdwn.ts';
import type { SlackContext } from '../../kit/context.ts';
import { longSelect, option } from '../../kit/form-fields.ts';
import type { Suggest } from '../../kit/long-lists.ts';
import { encodeFilter, type UsageFace } from './filter-state.ts';
import { IDS } from './ids.ts';

/** One more than Slack takes in one list: then it asks for them as the person types. */
const MAX_PEOPLE = 101;
/** The option that narrows nothing, and the one that keeps a selection of several as it is. */
export const NO_FILTER = 'all';
export const KEEP_FILTER = 'same';

/** Periods that the menu offers, as one would type them. */
const PERIODS = ['this week', 'last week', 'this month', 'last month'] as const;

/** What usage can be narrowed to, and the names of what it is narrowed to. */
export interface Narrowing {
  now: Date;
  person: Person;
  people: readonly ListedPerson[];
  departments: readonly string[];
}

export async function readNarrowing(
  ctx: SlackContext,
  person: Person,
  query: ExportQuery,
): Promise<Narrowing> {
  const [people, departments] = await Promise.all([
    listFirstPeople(ctx.db, person, { limit: MAX_PEOPLE, chosen: query.memberIds ?? [] }),
    query.departmentIds === undefined ? [] : listDepartments(ctx.db, person, query.departmentIds),
  ]);
  return {
    now: ctx.clock.now(),
    person,
    people,
    departments: [...new Set(departments.map(({ name }) => name))],
  };
}

/** What the usage is narrowed to, in copy; empty where it is not. */
export function narrowedTo({ person, people, departments }: Narrowing, query: ExportQuery): string[] {
  const named = <T extends { id: bigint }>(list: readonly T[], ids: readonly bigint[] = []): T[] =>
    list.filter(({ id }) => ids.includes(id));
  return [
    ...named(visibleOffices(person), query.officeIds).map(({ name }) => escapeText(name)),
    ...departments.map(escapeText),
    ...named(people, query.memberIds).map(copy.person),
    ...(query.categories ?? []).map((category) => copy.kindName({ category })),
  ];
}

/** The menus of the period, and that narrow usage to a person, a type or an office; none where the query is too long to come back. */
export function filterBar(narrowing: Narrowing, query: ExportQuery, face: UsageFace): KnownBlock[] {
  const { person, people } = narrowing;
  const id = encodeFilter(face, query);
  if (id === null) return [];
  const offices = visibleOffices(person);
  const menu = (
    action: string,
    placeholder: string,
    options: PlainTextOption[],
    chosen: readonly unknown[] = [],
  ) => {
    const several = chosen.length > 1 ? [option(copy.several(chosen.length), KEEP_FILTER)] : [];
    const wanted = chosen.length === 0 ? NO_FILTER : chosen.length === 1 ? String(chosen[0]) : KEEP_FILTER;
    return longSelect(action, [...several, ...options], { wanted, placeholder });
  };
  return [
    {
      type: 'actions',
      block_id: id,
      elements: [
        periodMenu(narrowing, query),
        menu(IDS.action.usageKind, copy.allKinds, kindOptions(), query.categories),
        ...(people.length === 0
          ? []
          : [menu(IDS.action.usagePerson, copy.allPeople, personOptions(people), query.memberIds)]),
        ...(offices.length < 2
          ? []
          : [menu(IDS.action.usageOffice, copy.allOffices, officeOptions(person), query.officeIds)]),
      ],
    },
  ];
}

/** The usual periods, and the one that is shown where it is none of them. */
function periodMenu({ person, now }: Narrowing, query: ExportQuery) {
  const { timeZone } = person.company;
  const shown = PERIODS.find((each) => {
    const period = readPeriod(each, timeZone, now);
    return period?.from.getTime() === query.from.getTime() && period.to.getTime() === query.to.getTime();
  });
  const options = PERIODS.map((each) => option(copy.periodNames[each], each));
  const other = shown === undefined ? [option(copy.periodOf({ ...query, timeZone }), KEEP_FILTER)] : [];
  return longSelect(IDS.action.usagePeriod, [...other, ...options], {
    wanted: shown ?? KEEP_FILTER,
    placeholder: copy.choosePeriod,
  });
}

function kindOptions(): PlainTextOption[] {
  return [
    option(copy.allKinds, NO_FILTER),
    ...Object.entries(kindNames).map(([kind, name]) => option(name, kind)),
  ];
}

function personOptions(people: readonly ListedPerson[]): PlainTextOption[] {
  return [option(copy.allPeople, NO_FILTER), ...people.map(({ id, name }) => option(name, id.toString()))];
}

function officeOptions(person: Person): PlainTextOption[] {
  const offices = visibleOffices(person);
  return [option(copy.allOffices, NO_FILTER), ...offices.map(({ id, name }) => option(name, id.toString()))];
}

/** People whose usage may be seen, by what was typed of their names. */
export const suggestUsagePeople: Suggest = async (ctx, { who, typed }) => {
  const person = await requireRight(ctx, who, 'see_usage');
  return personOptions(await listPeople(ctx.db, person, { limit: MAX_PEOPLE, typed: typed.trim() }));
};

/** The offices whose usage may be seen, where they are more than Slack takes in one list. */
export const suggestUsageOffices: Suggest = async (ctx, { who }) =>
  officeOptions(await requireRight(ctx, who, 'see_usage'));
