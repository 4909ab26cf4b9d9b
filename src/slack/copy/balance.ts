import type { Renewal, RunwayFacts } from '../../billing/index.ts';
import type { Bundle } from '../../ledger/index.ts';
import { formatDollars, type Money } from '../../money.ts';
import { formatDay, formatLastDay, formatRecurrence, formatTime } from './format.ts';
import { escapeText } from './mrkdwn.ts';

export const balanceCopy = {
  help: '`/credits`  your balance',
  title: (company: string): string => `${company} credits`,
  forCalls: (amount: Money): string => `*${formatDollars(amount)}* for calls and messages`,
  empty: '*No credits yet.* Paid calls and messages start once some are added.',
  bundle: (remaining: Money, amount: Money): string =>
    `${formatDollars(remaining)} of ${formatDollars(amount)}`,
  ends: (expiresAt: Date, timeZone: string, now: Date): string =>
    `ends ${formatLastDay(expiresAt, timeZone, now)}`,
  resets: (expiresAt: Date, timeZone: string, now: Date): string =>
    `resets ${formatDay(expiresAt, timeZone, now)}`,
  runway: ({ paceDays, runway }: RunwayFacts, timeZone: string, now: Date): string =>
    `At the last ${paceDays} days’ pace ${runway.kind === 'recharges' || isOfAi(runway) ? '' : 'this '}${howLong(runway, timeZone, now)}`,
  /** Behind an office's figure; the pace is told once for all of them, but where an office's history is shorter. */
  officeRunway: ({ paceDays, runway }: RunwayFacts, most: number, timeZone: string, now: Date): string =>
    ` · ${howLong(runway, timeZone, now)}${paceDays < most ? `, at ${paceDays} days’ pace` : ''}`,
  pace: (days: number): string => `How long credits last is at the pace of the last ${days} days.`,
  /** `rest`: what else ends within 30 days. */
  nextExpiry: (
    bundle: Bundle,
    { renewal, rest, timeZone, now }: { renewal: Renewal | null; rest: Money; timeZone: string; now: Date },
  ): string => {
    const name = bundle.kind === 'calling' ? 'calling bundle' : 'AI bundle';
    const then =
      renewal === null ? 'Nothing follows it.' : `It starts over with ${formatDollars(renewal.credit)} then.`;
    const more = rest.isZero() ? '' : ` ${formatDollars(rest)} more of bundles ends within 30 days.`;
    return `Next to expire: ${formatDollars(bundle.remaining)} of the ${name}, at the end of ${formatLastDay(bundle.expiresAt, timeZone, now)}. ${then}${more}`;
  },
  /** Where general credits are all there is, one line says both. */
  generalAlone: (amount: Money): string =>
    `*${formatDollars(amount)}* for calls and messages · general credits, which never expire`,
  general: (amount: Money): string => `*General credits*\n${formatDollars(amount)} · never expire`,
  callingBundle: 'Calling bundle',
  aiBundle: 'AI bundle',
  /** `office`: whose it is, where others have credits of their own. */
  debt: (amount: Money, office: string | null): string =>
    office === null
      ? `*${formatDollars(amount.negated())}*: usage that came in after credits ran out. The next credits cover it first.`
      : `*${formatDollars(amount.negated())}* · ${office}: usage that came in after its credits ran out. The next credits for ${office} cover it first.`,
  held: (amount: Money): string => `${formatDollars(amount)} is held for calls under way.`,
  office: (name: string, amount: Money, isPrimary: boolean): string =>
    `*${name}*${isPrimary ? ' (primary)' : ''}  ${formatDollars(amount)}${amount.greaterThan(0) ? '' : ' · stopped until credits are added'}`,
  /** Where credits are shared an office has no more of its own than its bundle. */
  officeOwn: (name: string, bundle: Money, isPrimary: boolean): string =>
    `*${name}*${isPrimary ? ' (primary)' : ''}  ${bundle.isZero() ? 'from the shared credits' : `${formatDollars(bundle)} in its calling bundle, then the shared credits`}`,
  allOffices: 'all offices',
  moreOffices: (count: number): string => `… and ${count} more ${count === 1 ? 'office' : 'offices'}`,
  moreBundles: (count: number): string => `… and ${count} more ${count === 1 ? 'bundle' : 'bundles'}`,
  addCredits: 'Add credits',
  shared: (amount: Money): string => `*Shared by all offices*  ${formatDollars(amount)}`,
  asOf: (at: Date, timeZone: string): string => `as of ${formatTime(at, timeZone)}`,
  text: (company: string, amount: Money): string =>
    `${escapeText(company)}: ${formatDollars(amount)} for calls and messages`,
};

const isOfAi = (runway: RunwayFacts['runway']): boolean => runway.kind === 'lasts' && runway.class === 'ai';

function howLong(runway: RunwayFacts['runway'], timeZone: string, now: Date): string {
  const day = (at: Date): string => formatDay(at, timeZone, now);
  switch (runway.kind) {
    case 'long':
      return 'lasts more than 3 months';
    case 'recharges':
      return `auto-recharge adds ${formatDollars(runway.amount)} ${runway.days < 1 ? 'within a day' : `in ${about(runway.days)} (${day(runway.at)})`}, then ${formatRecurrence(runway.everyDays)}`;
    case 'lasts': {
      const what = isOfAi(runway) ? 'AI conversations are paid for' : 'lasts';
      return runway.days < 1
        ? `${what} *less than a day*`
        : `${what} *${about(runway.days)}* (until about ${day(runway.until)})`;
    }
  }
}

function about(days: number): string {
  const whole = Math.round(days);
  return whole === 1 ? 'about a day' : `about ${whole} days`;
}
