import type { PeriodForecast, Setting, SettingChange, SettingFault } from '../../billing/index.ts';
import { dollars, formatDollars, type Money } from '../../money.ts';
import { decodeQuietHours, type NoticeFacts, type SettingField } from '../../notices/index.ts';
import type { Company } from '../../org/index.ts';
import { formatDay, mentionAny } from './format.ts';
import { escapeText, shorten } from './mrkdwn.ts';
import { quietHoursCopy } from './quiet-hours.ts';

type Told = Extract<NoticeFacts, { kind: 'settings' }>['changes'][number];
type CompanyStatus = Extract<NoticeFacts, { kind: 'company_status' }>;

const money = (text: string): string => formatDollars(dollars(text));

/** What each is called within a sentence. */
const NAMES: Record<Told['field'], string> = {
  channel_any: 'the default channel',
  channel_low_balance: 'the channel for low-balance alerts',
  channel_purchases: 'the channel for purchases and auto-recharge',
  channel_bundles: 'the channel for bundles',
  channel_billing: 'the channel for cards, invoices and settings',
  alert_calls: 'the low-balance alert',
  alert_ai: 'the low-balance alert for AI conversations',
  approval_limit: 'the approval limit',
  time_zone: 'the time zone',
  billing_day: 'the billing day',
  digest: 'the spending digest',
  quiet_hours: 'quiet hours',
  company_name: 'the company’s name',
  country: 'the country',
  billing_method: 'the billing method',
  purchase_min: 'the smallest purchase',
  purchase_max: 'the largest purchase',
  purchase_per_day: 'the purchase limit (24 hours)',
  invoice_limit: 'the invoice limit',
  operator_approval_limit: 'your provider’s approval limit',
  card_check: 'which cards are verified',
  retention: 'how long phone numbers of usage are kept',
  legal_name: 'the legal name on receipts',
  credit_enforcement: 'usage without credits',
  billing_address: 'the address on receipts',
  po_number: 'the PO number',
  tax_rate: 'the tax rate',
  tax_name: 'the tax’s name',
  tax_id: 'the tax ID',
};
/** Shown as they are. */
const TEXTS = new Set<Told['field']>([
  'time_zone',
  'company_name',
  'country',
  'billing_method',
  'card_check',
  'retention',
  'legal_name',
  'billing_address',
  'po_number',
  'tax_rate',
  'tax_name',
  'tax_id',
]);

function say(field: Told['field'], value: string | null): string {
  if (field.startsWith('channel_'))
    return value === null ? (field === 'channel_any' ? 'none' : 'the default channel') : `<#${value}>`;
  if (value === null) return 'none';
  if (TEXTS.has(field)) return escapeText(shorten(value.replaceAll('\n', ', '), 120));
  if (field === 'digest') return value === 'week' ? 'weekly' : 'monthly';
  if (field === 'quiet_hours') {
    const hours = decodeQuietHours(value);
    return hours === null ? escapeText(value) : quietHoursCopy.hours(hours);
  }
  if (field === 'credit_enforcement') return value === 'enforced' ? 'paused' : 'overdrawn';
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
/** A change as the audit stores it, `50.00 → none`. */
function storedChange(field: string, change: string, scopeLabel: string | null): string {
  const [from = '', to = ''] = change.split(/ → (.*)/s);
  const value = (text: string): string | null => (text === 'none' ? null : text);
  return Object.hasOwn(NAMES, field)
    ? fromTo({ field: field as Told['field'], scopeLabel, from: value(from), to: value(to) })
    : escapeText(shorten(`${field.replaceAll('_', ' ')} from ${from} to ${to}`, 200));
}
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
  storedChange,
  help: '`/credits settings`  channels, low-balance alerts, purchase and approval limits, quiet hours, billing calendar, receipt details',
  button: 'Settings',
  title: 'Settings',
  staleTitle: 'Review changes',
  loading: 'One moment…',
  save: 'Save',
  cancel: 'Cancel',
  close: 'Close',

  channelsHead: '*Notifications*\nInvite Refill to a channel first: type `/invite @Refill` there.',
  alertsHead:
    '*Low-balance alerts*\nPost an alert once when the balance drops below this. Leave blank for none.',
  limitsHead: '*Approvals*',
  calendarHead: '*Billing calendar*',
  detailsHead: '*Receipts and invoices*\nPrinted on each of them. Tax and its ID are set by your provider.',
  legalNameHint: (name: string): string => `Leave blank for ${name}.`,
  addressHint: 'Up to 6 lines of 60 characters.',
  peopleHead: '*People*\nAdd or remove company admins, office admins and managers.',
  labels: {
    channel_any: 'Default channel',
    channel_low_balance: 'Low balance',
    channel_purchases: 'Purchases, auto-recharge and requests',
    channel_bundles: 'Bundles',
    channel_billing: 'Cards, invoices and settings',
    approval_limit: 'Require approval above ($)',
    time_zone: 'Time zone',
    billing_day: 'Billing day',
    digest: 'Spending digest',
    legal_name: 'Legal name',
    billing_address: 'Address',
    po_number: 'PO number',
  } satisfies Record<Exclude<SettingField, 'alert_calls' | 'alert_ai'>, string>,
  digestOption: (every: 'none' | 'week' | 'month'): string =>
    ({ none: 'Off', week: 'Weekly, on Monday', month: 'Monthly, on the 1st' })[every],
  digestHint:
    'What was spent, by type and office, and what needs someone. Posted at 9:00 AM in the channel for cards, invoices and settings.',
  chooseChannel: 'Choose a channel',
  sameChannel: 'Default channel',
  none: 'None',
  alertLabel: ({ field, scopeLabel }: Setting): string =>
    field === 'alert_ai'
      ? 'AI conversations: alert below ($)'
      : `${scopeLabel === null ? 'Calls and messages' : scopeLabel}: alert below ($)`,
  alertOption: ({ field, scopeLabel, value }: Setting): string =>
    `${scopeLabel ?? ''}${field === 'alert_ai' ? ', AI' : ''} · ${value === null ? 'no alert' : `below ${money(value)}`}`,
  alertOfLabel: 'Office',
  alertLevelLabel: 'Alert below ($)',
  alertLevelHint: 'Leave blank for no alert for this office.',
  chooseOffice: 'Choose an office',
  whichOffice: 'Choose the office for this alert.',
  approvalHint: (operator: Money | null): string =>
    `Purchases, bundles and auto-recharge above this wait until a second admin approves. ${
      operator === null
        ? 'Leave blank for none. Raising it needs approval too.'
        : `Your provider’s limit is ${formatDollars(operator)}; yours can only be lower.`
    }`,
  operatorLimits: ({ purchaseLimits: { min, max, perDay } }: Company): string =>
    `Set by your provider: purchases from ${formatDollars(min)} to ${formatDollars(max)}. Purchase limit: ${formatDollars(perDay)} in 24 hours.`,
  zoneHint: 'Used for times in messages, and for when days and billing periods begin.',
  dayHint:
    'Current periods end as planned. The next one ends on the new day, so it can be up to half a month shorter or longer. The price stays the same.',
  dayOption: (day: string): string => (day === '31' ? 'Last day of the month' : ordinal(Number(day))),

  fault: ({ code, limit, offices = [] }: SettingFault): string => {
    const amount = limit === undefined ? '' : formatDollars(limit);
    return {
      'channel-unknown': 'Choose a channel of this workspace.',
      'channel-needed': 'Choose a default channel.',
      'zone-unknown': 'Choose a time zone from the list.',
      'day-unknown': 'Choose a day from the list.',
      'digest-unknown': 'Choose one from the list.',
      'amount-unknown': 'Enter a dollar amount, like 50 or 12.50.',
      'line-too-long': 'Enter at most 60 characters.',
      'address-too-long': 'Enter at most 6 lines of 60 characters.',
      'above-operator': `Your provider’s limit is ${amount}. Enter that or less, or leave this blank.`,
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
    if (changes.length === 0 && asked === null) return 'No changes to save.';
    const waits =
      asked === null
        ? ''
        : `:raised_hand: *Waiting for approval:* ${told([asked]).map(fromTo).join()}. Nothing changes until a second company admin approves. We’ll let you know.`;
    if (changes.length === 0) return waits;
    const day = (at: Date): string => formatDay(at, timeZone, now);
    const forecast = periods
      .slice(0, 10)
      .map(
        ({ name, scopeLabel, endsAt, nextEndsAt }) =>
          `\n• *${escapeText(name)}* for ${escapeText(scopeLabel)}: this period ends ${day(endsAt)} as planned, the next one ${day(nextEndsAt)}`,
      )
      .join('');
    return `:white_check_mark: *Saved:*\n${list(told(changes))}${
      forecast === '' ? '' : `\n\nBundles and recurring credits:${forecast}`
    }${waits === '' ? '' : `\n\n${waits}`}`;
  },
  stale: (meanwhile: readonly SettingChange[], byUserId: string | null): string =>
    `:warning: *Not saved.* ${
      byUserId === null ? 'Someone' : `<@${byUserId}>`
    } changed these settings while this was open:\n${list(told(meanwhile))}\nYour other edits are still here. Review them, then save again.`,
  outdated:
    'This was already saved or closed. Nothing was changed. See `/credits settings` for the current settings.',
  onlyCompanyAdmins: (admins: readonly string[]): string =>
    `Only company admins can change settings${admins.length === 0 ? '. Your company has none yet. Ask your provider' : `. Ask ${mentionAny(admins)}`}.`,

  /** The operator suspended, resumed or closed the company. */
  status: {
    suspended: ({ companyName }) =>
      `:no_entry: *Your provider has suspended ${escapeText(companyName)}.* Nothing can be bought or changed, and no card is charged, until they resume it. Usage is still counted. Ask your provider about it.`,
    resumed: ({ companyName }) =>
      `:white_check_mark: *Your provider has resumed ${escapeText(companyName)}.* Purchases, auto-recharge and renewals are on again.`,
    closed: ({ companyName }) =>
      `:wave: *Your provider has closed the account of ${escapeText(companyName)}.* Nothing is charged anymore. Past usage, receipts and invoices can still be seen here.`,
  } satisfies Record<CompanyStatus['event'], (facts: CompanyStatus) => string>,

  /** Said to company admins at most once a day, beside what could be posted nowhere. */
  noChannel: ({ companyName, channelId }: Extract<NoticeFacts, { kind: 'no_channel' }>): string =>
    channelId === null
      ? `:bell: *${escapeText(companyName)} has no channel for notifications.* Until one is chosen, company admins get what can’t wait as direct messages. Choose a channel in \`/credits settings\`.`
      : `:bell: *We can’t post in <#${channelId}>.* Until we can, company admins of ${escapeText(companyName)} get what can’t wait as direct messages. Invite the app to the channel, or choose another one in \`/credits settings\`.`,

  /** Said once in the channel for each save. */
  notice: ({ byUserId, changes }: Extract<NoticeFacts, { kind: 'settings' }>): string => {
    const who = byUserId === null ? 'Your provider' : `<@${byUserId}>`;
    const [only] = changes;
    if (only !== undefined && changes.length === 1) return `:gear: ${who} changed ${fromTo(only)}.`;
    return `:gear: ${who} changed the settings:\n${list(changes)}`;
  },
};
