import type { LimitState, OwnLimit } from '../../limits/index.ts';
import { dollars, formatBalance, formatDollars, type Money } from '../../money.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { userOf } from '../../org/index.ts';
import { formatDay, mentionAll, mentionAny } from './format.ts';
import { escapeText, shorten } from './mrkdwn.ts';

type LimitNotice = Extract<NoticeFacts, { kind: 'spending_limit' }>;
type ChangeNotice = Extract<NoticeFacts, { kind: 'spending_limit_change' }>;
type PeriodKind = LimitState['period'];

const name = (label: string): string => escapeText(shorten(label, 60));
const money = (text: string): string => formatDollars(dollars(text));
const each: Record<PeriodKind, string> = { month: 'a month', day: 'a day' };

/** `November`, or `Mon, Nov 30`: the period that begins there. */
function periodName(period: PeriodKind, from: Date, timeZone: string): string {
  return period === 'day'
    ? formatDay(from, timeZone, from)
    : new Intl.DateTimeFormat('en-US', { timeZone, month: 'long' }).format(from);
}

/** What goes on, or not, once a limit is reached. */
function afterLimit({ isEnforced, to, timeZone, at }: LimitNotice, isOwn: boolean): string {
  if (isEnforced !== true) return isOwn ? 'Your calls and messages still work.' : 'Usage continues.';
  const until = formatDay(new Date(to), timeZone, new Date(at));
  return isOwn
    ? `Texts and paid calls are paused until ${until}, or until an admin changes the limit.`
    : `Texts and paid calls are paused until ${until}, or until the limit is changed.`;
}

export const limitCopy = {
  help: '`/credits limits`  spending limits of offices, departments and people',
  helpOwn: '`/credits limits`  your spending limit',
  title: 'Spending limits',
  loading: 'Loading spending limits…',
  button: 'Spending limits',
  close: 'Close',
  cancel: 'Cancel',

  /** The message in the channel, and to admins. */
  notice: (facts: LimitNotice): string => {
    const period = periodName(facts.period, new Date(facts.from), facts.timeZone);
    const used = `${money(facts.spent ?? '0')} of ${money(facts.amount ?? '0')}`;
    const who = name(facts.label);
    if (facts.changed !== null)
      return changedNotice(facts, facts.changed, `${who} had used ${used} for ${period}.`);
    if (facts.level < 100)
      return `:warning: *${who} has used ${facts.percent}% of its spending limit for ${period}:* ${used}.`;
    const admins = facts.admins.length === 0 ? '' : ` ${mentionAll(facts.admins, 0)} can change the limit.`;
    return `:no_entry: *${who} has reached its spending limit for ${period}:* ${used}. ${afterLimit(facts, false)}${admins}`;
  },
  /** The message to the person whose limit it is, who sees no costs. */
  ownNotice: (facts: LimitNotice): string => {
    const period = periodName(facts.period, new Date(facts.from), facts.timeZone);
    if (facts.changed !== null)
      return facts.changed.isEnded
        ? ':white_check_mark: *Your spending limit has been removed.*'
        : facts.changed.isReached
          ? ':no_entry: *Your spending limit has changed, and you’ve reached it.* See `/credits limits`.'
          : ':white_check_mark: *Your spending limit has changed.* See `/credits limits`.';
    return facts.level < 100
      ? `:warning: *You’ve used ${facts.percent}% of your spending limit for ${period}.*`
      : `:no_entry: *You’ve reached your spending limit for ${period}.* ${afterLimit(facts, true)}`;
  },
  change: 'Change limit',
  changeNotice: ({ byUserId, label, period, from, to }: ChangeNotice): string => {
    const by = byUserId === null ? 'Your provider' : `<@${byUserId}>`;
    const of = `spending limit for ${name(label)}`;
    if (to === null) return `${by} removed the ${of} (${money(from ?? '0')} ${each[period]}).`;
    return from === null
      ? `${by} set a ${of}: *${money(to)} ${each[period]}*.`
      : `${by} changed the ${of} from ${money(from)} to *${money(to)} ${each[period]}*.`;
  },

  intro: (isEnforced: boolean): string =>
    isEnforced
      ? 'Texts and paid calls are paused once a limit is reached. Purchases and auto-recharge don’t count.'
      : 'You get an alert as a limit is reached; usage continues. Purchases and auto-recharge don’t count.',
  none: 'There are no spending limits yet.',
  noneSeen: 'There are no spending limits for the offices and departments that you see.',
  noneOwn: 'You have no spending limit.',
  add: 'Add limit',
  changeOne: 'Change',
  /** Two lines: whose limit and how much, then how far it is used. */
  line: (limit: LimitState, bar: string, timeZone: string): string => {
    const { amount, spent, held, room, percent, named, period, from } = limit;
    const head = `*${name(named.name)}* · ${formatDollars(spent)} of ${formatDollars(amount)} ${each[period]} · ${periodName(period, from, timeZone)}`;
    const calls = held.isZero() ? '' : ` · ${formatDollars(held)} in use`;
    const left = limit.level === 100 ? '*reached*' : `${formatBalance(room)} left`;
    return `${head}\n${bar} ${percent.toLocaleString('en-US')}%${calls} · ${left} · set by ${setBy(limit.setBy)}`;
  },
  own: ({ period, percent, isReached, to }: OwnLimit, bar: string, timeZone: string, now: Date): string => {
    const of = period === 'month' ? 'this month' : 'today';
    const used = isReached ? '*reached*' : `${percent}% used`;
    return `*Your spending limit ${of}:* ${used}\n${bar} · until ${formatDay(to, timeZone, now)}`;
  },
  page: (page: number, pages: number): string => `Page ${page} of ${pages}`,
  previous: 'Previous',
  next: 'Next',

  addTitle: 'Add spending limit',
  changeTitle: 'Change limit',
  whoLabel: 'Office, department or person',
  chooseWho: 'Choose one',
  whoMissing: 'Choose an office, a department or a person.',
  periodLabel: 'Period',
  periods: { month: 'Month', day: 'Day' } satisfies Record<PeriodKind, string>,
  amountLabel: 'Spending limit ($)',
  amountHint: 'Counts all usage, also what a bundle pays for. $0 blocks paid usage.',
  levelsLabel: 'Alert at (%)',
  levelsHint: 'For example 50, 80. You always get an alert at 100%.',
  levelsFault: 'Enter whole percentages from 1 to 100, like 50, 80.',
  gone: 'That office, department or person is no longer in your directory.',
  review: 'Review',
  remove: 'Remove limit',
  endTitle: 'Remove limit',
  endQuestion: ({ named, amount, period }: LimitState): string =>
    `Remove the spending limit of *${formatDollars(amount)} ${each[period]}* for *${name(named.name)}*? Usage is no longer limited from then on.`,
  subject: (kind: 'office' | 'department' | 'member', label: string, office: string): string =>
    kind === 'office'
      ? `${label} (office)`
      : kind === 'department'
        ? `${label} (department)`
        : `${label}, ${office}`,

  reviewTitle: 'Review limit',
  of: 'For',
  limit: 'Spending limit',
  was: 'Now',
  noLimit: 'No limit',
  alerts: 'Alerts',
  perPeriod: (amount: Money, period: PeriodKind): string => `${formatDollars(amount)} ${each[period]}`,
  levels: (levels: readonly number[]): string => levels.map((level) => `${level}%`).join(', '),
  spent: (amount: Money): string => formatDollars(amount),
  used: (period: PeriodKind): string => (period === 'month' ? 'Used this month' : 'Used today'),
  alreadyReached: (isEnforced: boolean): string =>
    isEnforced
      ? 'This limit is reached already: texts and paid calls are paused at once.'
      : 'This limit is reached already: the alert is sent at once. Usage continues.',
  nothingCharged: 'Nothing is charged.',
  save: 'Set limit',
  done: (label: string, amount: Money, period: PeriodKind): string =>
    `:white_check_mark: *${name(label)}* can spend ${formatDollars(amount)} ${each[period]}.`,
  removed: (label: string): string =>
    `:white_check_mark: *The spending limit for ${name(label)} has been removed.*`,

  reached: (limit: LimitState, timeZone: string): string =>
    `:no_entry: *${name(limit.named.name)} has reached its spending limit for ${periodName(limit.period, limit.from, timeZone)}:* ${formatDollars(limit.spent)} of ${formatDollars(limit.amount)}.`,
  ownReached: ({ period, to }: OwnLimit, timeZone: string, now: Date): string =>
    `:no_entry: *You’ve reached your spending limit ${period === 'month' ? 'this month' : 'today'}.* It applies until ${formatDay(to, timeZone, now)}.`,
  onlyAdmins: (people: readonly string[]): string =>
    `Only company admins and the office’s own admins can set spending limits.${people.length === 0 ? '' : ` Ask ${mentionAny(people)}.`}`,
};

function setBy(actor: string): string {
  const userId = userOf(actor);
  return userId === null ? 'your provider' : `<@${userId}>`;
}

function changedNotice(
  facts: LimitNotice,
  changed: NonNullable<LimitNotice['changed']>,
  used: string,
): string {
  const by = changed.byUserId === null ? 'your provider' : `<@${changed.byUserId}>`;
  const of = `The spending limit for ${name(facts.label)}`;
  if (changed.isReached && changed.amount !== null)
    return `:no_entry: *${of} is now ${money(changed.amount)} ${each[facts.period]}* and is already reached. Changed by ${by}. ${used}`;
  return changed.isEnded || changed.amount === null
    ? `:white_check_mark: *${of} has been removed* by ${by}. ${used}`
    : `:white_check_mark: *${of} is now ${money(changed.amount)} ${each[facts.period]}*. Changed by ${by}. ${used}`;
}
