import type { PeriodForecast, Setting, SettingChange, SettingFault } from '../../billing/index.ts';
import { dollars, formatDollars, type Money } from '../../money.ts';
import type { NoticeFacts, SettingField } from '../../notices/index.ts';
import type { Company } from '../../org/index.ts';
import { formatDay, mentionAny } from './format.ts';
import { escapeText, shorten } from './mrkdwn.ts';

type Told = Extract<NoticeFacts, { kind: 'settings' }>['changes'][number];

const money = (text: string): string => formatDollars(dollars(text));

/** What each is called within a sentence. */
const NAMES: Record<Told['field'], string> = {
  channel_any: 'the channel for notices',
  channel_low_balance: 'the channel for low-balance alerts',
  channel_purchases: 'the channel for purchases and auto-recharge',
  channel_bundles: 'the channel for bundles',
  channel_billing: 'the channel for cards, invoices and settings',
  alert_calls: 'the low-balance alert',
  alert_ai: 'the low-balance alert for AI conversations',
  approval_limit: 'the approval limit',
  time_zone: 'the time zone',
  billing_day: 'the billing day',
  company_name: 'the company’s name',
  country: 'the country',
  billing_method: 'the billing method',
  purchase_min: 'the smallest purchase',
  purchase_max: 'the largest purchase',
  purchase_per_day: 'the purchase limit (24 hours)',
  invoice_limit: 'the invoice limit',
  operator_approval_limit: 'your provider’s approval limit',
  card_check: 'which cards are verified',
};
/** Shown as they are. */
const TEXTS = new Set<Told['field']>([
  'time_zone',
  'company_name',
  'country',
  'billing_method',
  'card_check',
]);

function say(field: Told['field'], value: string | null): string {
  if (field.startsWith('channel_'))
    return value === null ? (field === 'channel_any' ? 'none' : 'the general channel') : `<#${value}>`;
  if (value === null) return 'none';
  if (TEXTS.has(field)) return escapeText(shorten(value, 60));
  return field === 'billing_day' ? dayName(value) : money(value);
}

function dayName(day: string): string {
  return day === '31' ? 'the last day of the month' : `the ${ordinal(Number(day))}`;
}

function ordinal(day: number): string {
  const suffix = new Intl.PluralRules('en-US', { type: 'ordinal' }).select(day);
  return `${day}${{ one: 'st', two: 'nd', few: 'rd', other: 'th', zero: 'th', many: 'th' }[suffix]}`;
}

const nameOf = ({ field, scopeLabel }: Pick<Told, 'field' | 'scopeLabel'>): string =>
  scopeLabel === null ? NAMES[field] : `${NAMES[field]} of ${escapeText(shorten(scopeLabel, 60))}`;
const fromTo = (change: Told): string =>
  `${nameOf(change)} from ${say(change.field, change.from)} to ${say(change.field, change.to)}`;
const told = (changes: readonly SettingChange[]): Told[] =>
  changes.map(({ field, scopeLabel, value, to }) => ({ field, scopeLabel, from: value, to }));
/** The first few names of many, as a field's error takes them. */
function joinNames(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
/** How long a list may be, so that a message takes it; the audit has all. */
const LONGEST_LIST = 2_500;

/** One line a change, as many as a message takes. */
function list(changes: readonly Told[]): string {
  const lines = changes.map((each) => `• ${fromTo(each)}`);
  const ends = lines.map((_, index) => lines.slice(0, index + 1).join('\n').length);
  const shown = ends.filter((end) => end <= LONGEST_LIST).length;
  const more = lines.length - shown;
  return [...lines.slice(0, shown), ...(more > 0 ? [`• and ${more} more`] : [])].join('\n');
}

export const settingsCopy = {
  help: '`/credits settings`  channels, low-balance alerts, limits, time zone and billing day',
  button: 'Settings',
  title: 'Settings',
  staleTitle: 'Not saved: look again',
  loading: 'One moment…',
  save: 'Save',
  cancel: 'Cancel',
  close: 'Close',

  channelsHead: '*Where notices go*\nRefill must be in the channel: type `/invite @Refill` there first.',
  alertsHead:
    '*Low-balance alerts*\nThe channel hears once when less than this is left. Empty means no alert.',
  limitsHead: '*Who may spend how much*',
  calendarHead: '*Calendar*',
  peopleHead: '*People*\nCompany admins, office admins and managers.',
  labels: {
    channel_any: 'All notices without a channel of their own',
    channel_low_balance: 'Low balance',
    channel_purchases: 'Purchases, auto-recharge and requests',
    channel_bundles: 'Bundles',
    channel_billing: 'Cards, invoices and settings',
    approval_limit: 'A second admin approves above, in dollars',
    time_zone: 'Time zone',
    billing_day: 'Billing day',
  } satisfies Record<Exclude<SettingField, 'alert_calls' | 'alert_ai'>, string>,
  chooseChannel: 'Choose a channel',
  sameChannel: 'The channel above',
  none: 'None',
  alertLabel: ({ field, scopeLabel }: Setting): string =>
    field === 'alert_ai'
      ? 'For AI conversations, below, in dollars'
      : `${scopeLabel === null ? 'For calls and messages' : scopeLabel}, below, in dollars`,
  alertOption: ({ field, scopeLabel, value }: Setting): string =>
    `${scopeLabel ?? ''}${field === 'alert_ai' ? ', AI' : ''} · ${value === null ? 'no alert' : `below ${money(value)}`}`,
  alertOfLabel: 'Change the alert of',
  alertLevelLabel: 'To below, in dollars',
  alertLevelHint: 'Empty means no alert for the office chosen.',
  chooseOffice: 'Choose an office',
  whichOffice: 'Choose whose alert this is.',
  approvalHint: (operator: Money | null): string =>
    `Nothing above it is charged, and no auto-recharge or bundle above it set, until another admin says yes. ${
      operator === null
        ? 'Empty: nobody is asked. Raising it needs a second admin too.'
        : `Your operator’s limit is ${formatDollars(operator)}; yours can only be lower.`
    }`,
  operatorLimits: ({ purchaseLimits: { min, max, perDay } }: Company): string =>
    `Set by your operator: ${formatDollars(min)} to ${formatDollars(max)} a purchase, ${formatDollars(perDay)} within 24 hours.`,
  zoneHint: 'For times in messages, and for when days and billing periods begin.',
  dayHint:
    'A running period ends as planned. The next one runs to the new day: up to half a month shorter or longer, at the full price.',
  dayOption: (day: string): string => (day === '31' ? 'Last day of the month' : ordinal(Number(day))),

  channelTried:
    ':white_check_mark: Refill can post here. You are choosing this channel for its notices; only you see this.',
  channelRefused: {
    not_in_channel: 'Refill is not in that channel: type /invite @Refill there, then save again.',
    channel_not_found: 'Refill is not in that channel: type /invite @Refill there, then save again.',
    user_not_in_channel: 'You are not in that channel: join it, then save again.',
    is_archived: 'That channel is archived. Choose another one.',
    restricted_action: 'Your workspace lets nobody but some people post there. Choose another channel.',
  } as Record<string, string>,

  fault: ({ code, limit, offices = [] }: SettingFault): string => {
    const amount = limit === undefined ? '' : formatDollars(limit);
    return {
      'channel-unknown': 'Choose a channel of this workspace.',
      'channel-needed': 'Choose a channel: notices need one.',
      'zone-unknown': 'Choose a time zone from the list.',
      'day-unknown': 'Choose a day from the list.',
      'amount-unknown': 'Type an amount in dollars, like 50 or 12.50.',
      'above-operator': `Your operator’s limit is ${amount}. Type that or less, or leave it empty.`,
      'no-second-admin': `${joinNames(offices)} ${offices.length === 1 ? 'needs' : 'need'} a second admin who can approve. Add one first, or leave this blank.`,
      'no-company-admin':
        'Raising or removing the limit needs a second company admin. Add one first, or ask your provider.',
    }[code];
  },

  saved: (
    { changes, asked }: { changes: readonly SettingChange[]; asked: SettingChange | null },
    periods: readonly PeriodForecast[],
    { timeZone, now }: { timeZone: string; now: Date },
  ): string => {
    if (changes.length === 0 && asked === null) return 'Nothing was changed.';
    const waits =
      asked === null
        ? ''
        : `:raised_hand: *Waiting for approval:* ${told([asked]).map(fromTo).join()}. Nothing changes until a second company admin approves. We’ll let you know.`;
    if (changes.length === 0) return waits;
    const day = (at: Date): string => formatDay(at, timeZone, now);
    const foretold = periods
      .slice(0, 10)
      .map(
        ({ name, scopeLabel, endsAt, nextEndsAt }) =>
          `\n• *${escapeText(name)}* for ${escapeText(scopeLabel)} runs until ${day(endsAt)} as planned, then until ${day(nextEndsAt)}`,
      )
      .join('');
    return `:white_check_mark: *Saved:*\n${list(told(changes))}${
      foretold === '' ? '' : `\n\nWhat comes each period:${foretold}`
    }${waits === '' ? '' : `\n\n${waits}`}`;
  },
  stale: (meanwhile: readonly SettingChange[], byUserId: string | null): string =>
    `:warning: *Nothing was saved.* ${
      byUserId === null ? 'Somebody' : `<@${byUserId}>`
    } changed meanwhile:\n${list(told(meanwhile))}\nHere is how it is now, with what you typed elsewhere. Look again, then save.`,
  outdated:
    'That was saved or closed already, so nothing was changed. `/credits settings` shows how it is now.',
  onlyCompanyAdmins: (admins: readonly string[]): string =>
    `Only company admins change settings${admins.length === 0 ? '. Your company has none yet: ask your operator' : `. Ask ${mentionAny(admins)}`}.`,

  /** Said once in the channel for each save. */
  notice: ({ byUserId, changes }: Extract<NoticeFacts, { kind: 'settings' }>): string => {
    const who = byUserId === null ? 'Your provider' : `<@${byUserId}>`;
    const [only] = changes;
    if (only !== undefined && changes.length === 1) return `:gear: ${who} changed ${fromTo(only)}.`;
    return `:gear: ${who} changed the settings:\n${list(changes)}`;
  },
};
