import type { RechargeFacts, Renewal, RunwayFacts } from '../../billing/index.ts';
import type { Bundle } from '../../ledger/index.ts';
import { formatBalance, formatDollars, type Money } from '../../money.ts';
import type { CreditEnforcement } from '../../org/index.ts';
import { formatDay, formatLastDay, formatTime } from './format.ts';
import { escapeText } from './mrkdwn.ts';

export const balanceCopy = {
  help: '`/credits`  your balance',
  available: (amount: Money): string => `*Available balance: ${formatBalance(amount)}*`,
  empty: '*No credits yet.* Add credits to make paid calls and send messages.',
  runway,
  /** The same behind an office's figure. */
  officeRunway: (facts: RunwayFacts): string => uncapitalise(runway(facts)),
  /** AI conversations, which have a line of their own. */
  aiRunway: (facts: RunwayFacts): string => `AI conversations: ${uncapitalise(runway(facts))}`,
  /** The office whose credits end first, where each has its own. */
  firstToEnd: (office: string, facts: RunwayFacts): string => `${office}: ${uncapitalise(runway(facts))}`,
  overdrawn: (name: string, amount: Money, enforcement: CreditEnforcement): string =>
    `:no_entry: *${name} is overdrawn by ${formatDollars(amount)}.* ${
      enforcement === 'enforced'
        ? 'Texts and paid calls are paused. Add credits to resume.'
        : 'New credits pay this off first.'
    }`,
  moreOverdrawn: (count: number): string => `… and ${count} more overdrawn`,
  addToResume: (amount: Money): string => `Add ${formatDollars(amount)} to resume`,
  callingBundle: 'Calling bundle',
  aiBundle: 'AI bundle',
  /** `office`: whose it is, where others have credits of their own. */
  bundle: (
    bundle: Bundle,
    of: { office: string | null; renewal: Renewal | null; bar: string; timeZone: string; now: Date },
  ): string => {
    const name = bundle.kind === 'calling' ? balanceCopy.callingBundle : balanceCopy.aiBundle;
    const whose = of.office === null ? '' : ` for ${of.office}`;
    const then =
      of.renewal === null
        ? `expires ${formatLastDay(bundle.expiresAt, of.timeZone, of.now)}, won’t renew`
        : `renews ${formatDay(bundle.expiresAt, of.timeZone, of.now)}${of.renewal.credit.equals(bundle.amount) ? '' : ` with ${formatDollars(of.renewal.credit)}`}`;
    return `*${name}*${whose}: ${formatBalance(bundle.remaining)} of ${formatDollars(bundle.amount)} left · ${then}\n${of.bar}`;
  },
  general: (amount: Money): string => `*General credits*: ${formatBalance(amount)} · no expiration`,
  held: (amount: Money): string => `${formatDollars(amount)} is held for calls in progress.`,
  office: (name: string, amount: Money, isPrimary: boolean): string =>
    `*${name}*${isPrimary ? ' (primary)' : ''}  ${formatBalance(amount)}${amount.greaterThan(0) ? '' : ' · no credits left'}`,
  officeOverdrawn: (name: string, amount: Money, isPrimary: boolean): string =>
    `*${name}*${isPrimary ? ' (primary)' : ''}  ${formatDollars(amount.negated())} · overdrawn`,
  /** Where credits are shared an office has no more of its own than its bundle. */
  officeOwn: (name: string, bundle: Money, isPrimary: boolean): string =>
    `*${name}*${isPrimary ? ' (primary)' : ''}  ${bundle.isZero() ? 'uses the shared credits' : `${formatBalance(bundle)} in its calling bundle, then the shared credits`}`,
  sharedCredits: 'Shared credits',
  moreOffices: (count: number): string => `… and ${count} more ${count === 1 ? 'office' : 'offices'}`,
  moreBundles: (count: number): string => `… and ${count} more ${count === 1 ? 'bundle' : 'bundles'}`,
  addCredits: 'Add credits',
  shared: (amount: Money): string => `*Shared by all offices*  ${formatBalance(amount)}`,
  asOf: (at: Date, timeZone: string): string => `as of ${formatTime(at, timeZone)}`,

  /** `office`: whose it is, where there are several. */
  recharge: (facts: RechargeFacts, of: { office: string | null; next: string | null }): string => {
    const whose = of.office === null ? '' : ` for ${of.office}`;
    if (!facts.isOn) return `*Auto-recharge*${whose}: off`;
    const { pausedFor } = facts;
    const state = pausedFor === null ? 'on' : `*paused*: ${PAUSES[pausedFor](facts)}`;
    const then = of.next === null || pausedFor !== null ? '' : `. ${of.next}`;
    return `*Auto-recharge*${whose}: ${state} · ${formatDollars(facts.amount)} when below ${formatDollars(facts.threshold)} · ${formatDollars(facts.used)} of ${formatDollars(facts.cap)} this month${then}`;
  },
  pausedFor: (facts: RechargeFacts): string | null =>
    facts.pausedFor === null ? null : PAUSES[facts.pausedFor](facts),
  rechargeOffEverywhere: '*Auto-recharge*: off',
  moreRecharges: (count: number): string =>
    `… and on for ${count} more ${count === 1 ? 'office' : 'offices'}`,
  nextRecharge: (at: Date, timeZone: string): string =>
    `Next at ${formatTime(at, timeZone)} (10 minutes after the last one)`,
  nextTry: (at: Date, timeZone: string): string =>
    `The last charge failed. Next try at ${formatTime(at, timeZone)}`,
  nextByUsage: ({ days }: { days: number }): string =>
    `Next ${days < 1 ? 'within a day' : `in ${about(days)}`}`,

  text: (company: string, amount: Money, overdrawn: readonly (readonly [string, Money])[]): string => {
    const owed = overdrawn.map(([name, each]) => `${name} ${formatDollars(each.negated())}`).join(', ');
    return `${escapeText(company)}: available balance ${formatBalance(amount)}${owed === '' ? '' : `. Overdrawn: ${owed}`}`;
  },
};

/** Why auto-recharge adds nothing, within a sentence. */
const PAUSES: Record<NonNullable<RechargeFacts['pausedFor']>, (facts: RechargeFacts) => string> = {
  declined: () => 'the card was declined',
  no_card: () => 'there is no card to charge',
  unverified: () => 'a payment wasn’t verified with the bank in time',
  processor: () => 'we couldn’t reach your card. Your provider has been told',
  unconfirmed: () => 'we couldn’t confirm a payment',
  surprise: () => 'an admin paused it because of unusual spending',
  dispute: () => 'a payment is disputed',
  suspended: () => 'your provider suspended your company',
  closed: () => 'your company is closed',
  refunded: ({ refunded }) => `${refunded === null ? 'a payment' : formatDollars(refunded)} was refunded`,
  cap: ({ cap }) => `the ${formatDollars(cap)} recharge limit of this month is reached`,
  daily: () => 'the purchase limit of 24 hours is reached',
  exposure: () => 'the invoice limit is reached',
};

/** The one form of how long credits last: `About 9 days left (7–12, based on 14 days of usage)`. */
function runway({ usageDays, runway: of, range }: RunwayFacts): string {
  const basis = `based on ${usageDays} days of usage`;
  switch (of.kind) {
    case 'long':
      return `More than 3 months left (${basis})`;
    case 'recharges':
      return balanceCopy.nextByUsage(of);
    case 'lasts': {
      const left = of.days < 1 ? 'Less than a day' : capitalise(about(of.days));
      const between = range === null ? null : formatRange(range);
      return `${left} left (${between === null ? '' : `${between}, `}${basis})`;
    }
  }
}

/** Null where both ends are the same day. */
function formatRange({ low, high }: NonNullable<RunwayFacts['range']>): string | null {
  const first = Math.floor(low);
  if (high === null) return `${first} or more`;
  const last = Math.ceil(high);
  return last - first < 1 ? null : `${first}–${last}`;
}

function about(days: number): string {
  const whole = Math.round(days);
  return whole === 1 ? 'about a day' : `about ${whole} days`;
}

const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const uncapitalise = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
