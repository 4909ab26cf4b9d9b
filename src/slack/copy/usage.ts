import type { Period } from '../../calendar.ts';
import { SECOND_MS } from '../../durations.ts';
import { ERASED_NUMBER } from '../../ledger/index.ts';
import { formatDollars, type Money } from '../../money.ts';
import {
  type Compared,
  isMonth,
  type KindTotal,
  type UsageBreakdown,
  type UsageLine,
  type UsageQuery,
} from '../../usage/index.ts';
import { trendOf } from './amounts.ts';
import { kindNames, singleKinds } from './export.ts';
import { formatDays, formatZone } from './format.ts';
import { escapeText, shorten } from './mrkdwn.ts';

const CALLS = new Set(['international', 'domestic', 'toll_free', 'local', 'internal']);
const TEXTS = new Set(['sms', 'mms']);
const RATE = /\$[\d.,]*\d(?:\/min| an? [a-z]+)(?: \+ \$[\d.,]*\d)?/;
/** What of each is counted that has no duration. */
const PIECES: Record<string, string> = { sms: 'segment', mms: 'message', fax: 'page' };
/** Usage that is no particular person's. */
const SHARED = 'Shared lines and the AI agent';

export const usageCopy = {
  button: 'Usage',
  ownButton: 'My usage',
  helpOwn: '`/credits usage`  your own calls and messages; also `last week`, `oct 3-9`',
  help: '`/credits usage`  this month’s usage and its cost; also `last week`, `oct 3-9`, an office or @someone',
  /** `November: $412.36 · 1,204 calls, 3,310 texts` */
  heading: ({ query, cost, kinds }: UsageBreakdown): string =>
    `${period(query)}: ${formatDollars(cost)} · ${counts(kinds)}`,
  /** `up 18% from the same period in October`, within a sentence; null where there is nothing to compare with. */
  trend: ({
    before,
    cost,
    query,
  }: Pick<UsageBreakdown, 'cost' | 'query'> & { before: Compared | null }): string | null => {
    if (before === null || before.cost.isZero()) return null;
    const name = monthName(before.from, query.timeZone);
    const month = before.isPart ? `the same period in ${name}` : name;
    const trend = trendOf(cost, before.cost);
    return trend === null ? `the same as ${month}` : `${trend} from ${month}`;
  },
  /** The heading, and how it compares with the month before. */
  headline: (usage: UsageBreakdown): string => {
    const trend = usageCopy.trend(usage);
    return `*${usageCopy.heading(usage)}*${trend === null ? '' : ` · ${trend}`}`;
  },
  /** All that the chart and the table show, for those who hear it and for notifications. */
  text: (usage: UsageBreakdown): string =>
    [usageCopy.headline(usage), ...usage.kinds.map((kind) => usageCopy.kindLine(kind))]
      .join('\n')
      .replaceAll('*', ''),
  seeMonth: (before: Pick<Period, 'from'>, timeZone: string): string =>
    `See ${monthName(before.from, timeZone)}`,
  none: (query: UsageQuery, isNarrowed: boolean): string =>
    `*No usage ${isNarrowed ? 'like that ' : ''}for ${period(query)}.*`,
  noneYet: (query: UsageQuery, isNarrowed: boolean): string =>
    `*No usage ${isNarrowed ? 'like that ' : ''}for ${period(query)} yet.*`,
  notBegun: (query: UsageQuery): string => `*${period(query)} has not begun*, so there is no usage to show.`,
  only: (names: readonly string[]): string => `Only ${names.join(', ')}`,
  person: (person: { name: string; userId: string | null }): string => personName(person),
  periodNames: {
    'this week': 'This week',
    'last week': 'Last week',
    'this month': 'This month',
    'last month': 'Last month',
  },
  periodOf: (query: UsageQuery): string => period(query),
  choosePeriod: 'Choose a period',
  allPeople: 'All people',
  allKinds: 'All types',
  allOffices: 'All offices',
  several: (number: number): string => `${number} chosen`,
  kindLine: (kind: KindTotal): string =>
    `*${kindName(kind)}*  ${kind.records.toLocaleString('en-US')}${minutesOf(kind) === null ? '' : ` · ${minutesOf(kind)} min`} · ${formatDollars(kind.cost)}`,
  topPeople: 'Top users',
  personLine: (person: UsageBreakdown['people'][number]): string =>
    `${personName(person)}  ${formatDollars(person.cost)} · ${count(person.records, 'record')}`,
  zone: (timeZone: string): string =>
    `Times are in ${formatZone(timeZone)}. Late records can still change these figures.`,
  chartTitle: (query: UsageQuery): string => shorten(`Cost of ${period(query)} by type`, 50),
  dollarsAxis: 'US dollars',
  /** `Cost of November and October by week` */
  monthsTitle: (
    { from, timeZone }: Pick<UsageQuery, 'from' | 'timeZone'>,
    before: Pick<Period, 'from'>,
  ): string => `Cost of ${monthName(from, timeZone)} and ${monthName(before.from, timeZone)} by week`,
  monthOf: (at: Date, timeZone: string): string => monthName(at, timeZone),
  dayRange: (first: number, last: number): string => (first === last ? String(first) : `${first}–${last}`),
  daysAxis: 'Days of the month',
  /** `Nov 3–9` */
  partOf: ({ from, to }: Period, timeZone: string): string => shortDays(from, to, timeZone),
  otherKinds: 'Other',
  tableCaption: (query: UsageQuery): string => `Usage of ${period(query)}`,
  /** `before`: what the month is compared with. */
  tableHeader: (before: string | null): string[] => [
    'Type',
    'Count',
    'Cost',
    ...(before === null ? [] : [before]),
    'Billed minutes',
  ],
  /** `October`, or as much of it as has passed of this month: `Oct 1–28` */
  beforeLabel: ({ from, to, isPart }: Compared, timeZone: string): string =>
    isPart ? shortDays(from, to, timeZone) : monthName(from, timeZone),
  peopleHeader: ['Person', 'Count', 'Cost', 'Billed minutes'],
  nameOf: ({ name }: { name: string | null }): string => shorten(name ?? SHARED, 60),
  otherPeople: (number: number): string =>
    number === 1 ? '1 more' : `${number.toLocaleString('en-US')} more`,
  kindName: (kind: { category: string }): string => kindName(kind),
  total: 'Total',
  showRecords: 'View records',
  exportCsv: 'Export CSV',
  summary: 'Back to summary',

  /** `Records of November 2026, newest first: 1–15 of 1,156` */
  recordsTitle: (
    query: UsageQuery,
    { first, last, count }: Record<'first' | 'last' | 'count', number>,
  ): string =>
    `Records of ${period(query)}, newest first: ${first.toLocaleString('en-US')}–${last.toLocaleString('en-US')} of ${count.toLocaleString('en-US')}`,
  otherNumber: ({
    externalNumber,
    areNumbersErased,
  }: Pick<UsageLine, 'externalNumber' | 'areNumbersErased'>): string =>
    externalNumber ?? (areNumbersErased ? ERASED_NUMBER : '–'),
  removedAfter: (months: number): string => `Phone numbers are removed after ${months} months.`,
  recordsCaption: (query: UsageQuery): string => `Records of ${period(query)}`,
  /** `isOfOneKind`: then the type needs no column. */
  recordsHeader: (isOfOneKind: boolean): string[] => [
    'Time',
    'Person',
    'Number',
    'Cost',
    'Duration',
    'Price',
    ...(isOfOneKind ? [] : ['Type']),
  ],
  noRecords: (query: UsageQuery): string => `*No records in ${period(query)}.*`,
  who: ({ who, ...line }: UsageLine): string => shorten(who ?? ownerless(line), 40),
  kindOf: (line: Pick<UsageLine, 'category' | 'direction'>): string =>
    `${singleKinds[line.category] ?? line.category}, ${line.direction === 'inbound' ? 'in' : 'out'}`,
  when: (at: Date, timeZone: string): string =>
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      month: 'short',
      day: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
    })
      .format(at)
      .replace(/\u202f/g, ' '),
  lengthOf: (line: Pick<UsageLine, 'category' | 'durationMs' | 'quantity'>): string => {
    if (line.durationMs === 0 && !CALLS.has(line.category)) {
      const unit = PIECES[line.category];
      return unit === undefined ? '–' : `${line.quantity} ${unit}${line.quantity === 1 ? '' : 's'}`;
    }
    const seconds = Math.ceil(line.durationMs / SECOND_MS);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  },
  cost: (cost: Money): string => formatDollars(cost),
  /** The rate alone, which fits a column: `$0.0250/min`, `$0.0100 a text + $0.05 fee`; as it is where it holds none. */
  rate: (price: string | null): string => (price === null ? '–' : (RATE.exec(price)?.[0] ?? price)),
  newest: 'Newest',
  newer: 'Newer',
  older: 'Older',

  /** A member's own records. */
  ownTitle: (query: UsageQuery, records: number, hasMore: boolean): string => {
    if (records === 0) return `You have no calls or messages in ${period(query)}.`;
    return hasMore
      ? `Your newest ${count(records, 'record')} of ${period(query)}`
      : `Your ${count(records, 'record')} of ${period(query)}`;
  },
  ownHeader: ['Time', 'Number', 'Type', 'Duration'],
  ownZone: (timeZone: string): string =>
    `Times are in ${formatZone(timeZone)}. Need credits? Try \`/credits request\`.`,
  badOwnPeriod: (typed: string): string =>
    `I couldn’t find “${typed}”. Try \`/credits usage last month\`, \`november\` or \`oct 3-9\`.`,
  notMatched:
    'We haven’t found you in your company’s phone system yet, so there’s no usage of yours to show.',

  badPeriod: (typed: string): string =>
    `I couldn’t find “${typed}”. Try a period, office or department: \`/credits usage last month\`, \`/credits usage november\`, \`/credits usage this week\`, \`/credits usage oct 3-9\` or \`/credits usage 2026-11-03 to 2026-11-09\`; a name like @ana or an office may follow.`,
  tooLong: 'That is more than thirteen months. Choose a shorter period.',
  unknownPeople: (userIds: readonly string[]): string =>
    `I don’t know ${userIds.map((id) => `<@${id}>`).join(', ')} as someone whose calls are counted here.`,
};

function personName({ name, userId }: { name: string | null; userId: string | null }): string {
  if (userId !== null) return `<@${userId}>`;
  return name === null ? SHARED : escapeText(shorten(name, 60));
}

function kindName({ category }: { category: string }): string {
  return kindNames[category] ?? category;
}

function minutesOf(kind: KindTotal): string | null {
  if (!CALLS.has(kind.category) || kind.billedSeconds === 0) return null;
  return Math.round(kind.billedSeconds / 60).toLocaleString('en-US');
}

function counts(kinds: readonly KindTotal[]): string {
  const sum = (wanted: (category: string) => boolean): number =>
    kinds.filter(({ category }) => wanted(category)).reduce((all, { records }) => all + records, 0);
  const parts = [
    [sum((category) => CALLS.has(category)), 'call'],
    [sum((category) => TEXTS.has(category)), 'text'],
    [sum((category) => category === 'fax'), 'fax'],
    [sum((category) => category === 'ai_conversation'), 'AI conversation'],
  ] as const;
  return parts
    .filter(([number]) => number > 0)
    .map(([number, name]) => count(number, name))
    .join(', ');
}

function count(number: number, name: string): string {
  const many = name === 'fax' ? 'faxes' : `${name}s`;
  return `${number.toLocaleString('en-US')} ${number === 1 ? name : many}`;
}

/** `November 2026` for a month of the calendar, days for the rest. */
function period({ from, to, timeZone }: UsageQuery): string {
  if (isMonth({ from, to }, timeZone))
    return new Intl.DateTimeFormat('en-US', { timeZone, month: 'long', year: 'numeric' }).format(from);
  return formatDays(from, to, timeZone);
}

function monthName(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('en-US', { timeZone, month: 'long' }).format(at);
}

function shortDays(from: Date, to: Date, timeZone: string): string {
  return formatDays(from, to, timeZone)
    .replace(/, \d{4}/g, '')
    .replaceAll(' – ', '–');
}

/** Whose a record is that is nobody's own: the line it went over. */
function ownerless({
  category,
  internalNumber,
  areNumbersErased,
}: Pick<UsageLine, 'category' | 'internalNumber' | 'areNumbersErased'>): string {
  if (category === 'ai_conversation') return 'AI agent';
  return internalNumber ?? (areNumbersErased ? ERASED_NUMBER : 'Unknown line');
}
