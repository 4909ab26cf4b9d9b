import { formatDollars, type Money } from '../../money.ts';
import { escapeText } from '../blocks/build.ts';
import { formatDay, formatTime } from './format.ts';

export const balanceWords = {
  title: (company: string): string => `${company} credits`,
  forCalls: (amount: Money): string => `*${formatDollars(amount)}* for calls and messages`,
  empty: '*No credits yet.* Paid calls and messages start once some are added.',
  bundle: (remaining: Money, amount: Money): string =>
    `${formatDollars(remaining)} of ${formatDollars(amount)}`,
  ends: (expiresAt: Date, timeZone: string, now: Date): string =>
    `ends ${formatDay(expiresAt, timeZone, now)}`,
  /** Where general credits are all there is, one line says both. */
  generalAlone: (amount: Money): string =>
    `*${formatDollars(amount)}* for calls and messages · general credits, which never expire`,
  general: (amount: Money): string => `*General credits*\n${formatDollars(amount)} · never expire`,
  callingBundle: 'Calling bundle',
  aiBundle: 'AI bundle',
  debt: (amount: Money): string =>
    `*${formatDollars(amount.negated())}*: usage that came in after credits ran out. The next credits cover it first.`,
  held: (amount: Money): string => `${formatDollars(amount)} is held for calls under way.`,
  office: (name: string, amount: Money, isPrimary: boolean): string =>
    `*${name}*${isPrimary ? ' (primary)' : ''}  ${formatDollars(amount)}`,
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
