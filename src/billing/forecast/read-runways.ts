import type { Queryable } from '../../db/index.ts';
import {
  type CompanyBalance,
  QUARTER_HOUR_MS,
  type UsageClass,
  type UsageOfDay,
  usageByDay,
  type WalletBalance,
} from '../../ledger/index.ts';
import { dollars, type Money } from '../../money.ts';
import { isCompanyAdmin, moneyOffices, type Person } from '../../org/index.ts';
import type { RechargeChoice } from '../recharge-choice.ts';
import {
  type Forecast,
  forecastRunway,
  type RunningBundle,
  type Runway,
  type Stream,
} from './forecast-runway.ts';
import { findRenewal, type Renewal } from './read-renewals.ts';
import { type RunwayRange, rangeOf } from './runway-range.ts';

const DAYS = 14;
/** Fewer days with usage than this are no rate. */
const MIN_DAYS = 3;
const AI = 'ai_conversation';
const CLASSES: readonly UsageClass[] = ['calls', 'ai'];

/** Auto-recharge of a wallet, as far as a forecast goes by it; `pausedFor`: why it is paused. */
interface Recharge extends RechargeChoice {
  walletId: bigint;
  used: Money;
  pausedFor: string | null;
}

/** How long some credits last. */
export interface RunwayFacts {
  /** Whose they are; null: shared by all offices. */
  officeId: bigint | null;
  /** What for: calls and messages, or AI conversations. */
  class: UsageClass;
  /** Over how many days usage was averaged: fewer than 14 in a short history. */
  usageDays: number;
  runway: Runway;
  /** Null for what is no number of days. */
  range: RunwayRange | null;
}

/** What forecasts for a company go by: its usage of the last days. */
export async function readRunwayUsage(
  db: Queryable,
  companyId: bigint,
  { at }: CompanyBalance,
): Promise<UsageOfDay[]> {
  const to = new Date(Math.ceil(at.getTime() / QUARTER_HOUR_MS) * QUARTER_HOUR_MS);
  return await usageByDay(db, { companyId, to, days: DAYS });
}

/**
 * How long the credits last that this person sees, the first to end first (R24): of the shared credits what all offices
 * use together, else of each office what it uses; calls and messages, and AI conversations each by themselves. Left out
 * where it was used on fewer than three days.
 */
export function forecastRunways(
  person: Person,
  known: {
    balance: CompanyBalance;
    recharges: readonly Recharge[];
    renewals: readonly Renewal[];
    usage: readonly UsageOfDay[];
  },
): RunwayFacts[] {
  const { balance, usage: all } = known;
  const runways = spentBy(balance, person).flatMap((wallet) => {
    const used = usedOf(wallet, balance, person, all);
    const days = new Set(used.map(({ daysBack }) => daysBack));
    if (days.size < MIN_DAYS) return [];
    const usageDays = Math.max(...days) + 1;
    const forecast: Forecast = {
      now: balance.at,
      calendar: person.company,
      general: wallet.freeGeneral,
      streams: streamsOf(wallet, balance, known.renewals, { used, usageDays }),
      recharge: rechargeOf(wallet, known.recharges),
    };
    return CLASSES.flatMap((of): RunwayFacts[] => {
      const runway = hasRate(used, of) ? forecastRunway(forecast, of) : null;
      if (runway === null) return [];
      const range = rangeOf(forecast, { runway, of }, costsByDay(used, usageDays));
      return [{ officeId: wallet.officeId, class: of, usageDays, runway, range }];
    });
  });
  return runways.toSorted((a, b) => daysOf(a.runway) - daysOf(b.runway));
}

const classOf = ({ category }: UsageOfDay): UsageClass => (category === AI ? 'ai' : 'calls');

/** Whether a class was used on enough days to go by. */
function hasRate(used: readonly UsageOfDay[], of: UsageClass): boolean {
  return new Set(used.filter((one) => classOf(one) === of).map(({ daysBack }) => daysBack)).size >= MIN_DAYS;
}

/** What each day cost in all, days without usage as well. */
function costsByDay(used: readonly UsageOfDay[], days: number): Money[] {
  const costs = Array.from({ length: days }, () => dollars('0'));
  for (const { daysBack, cost } of used) costs[daysBack] = (costs[daysBack] ?? dollars('0')).plus(cost);
  return costs;
}

const daysOf = (runway: Runway): number => (runway.kind === 'long' ? Number.POSITIVE_INFINITY : runway.days);
const isPrimary = (wallet: WalletBalance, person: Person): boolean =>
  person.offices.some((office) => office.id === wallet.officeId && office.isPrimary);

/** The wallets that usage is finally paid from, of those this person sees. */
function spentBy({ pooled, wallets }: CompanyBalance, person: Person): WalletBalance[] {
  if (pooled) return isCompanyAdmin(person) ? wallets.filter(({ officeId }) => officeId === null) : [];
  const visible = new Set(moneyOffices(person).map(({ id }) => id));
  return wallets.filter(({ officeId }) => officeId !== null && visible.has(officeId));
}

/** What these credits pay: shared ones everything, an office's own its calls, the primary's also all AI (R5). */
function usedOf(
  wallet: WalletBalance,
  { pooled }: CompanyBalance,
  person: Person,
  all: readonly UsageOfDay[],
): readonly UsageOfDay[] {
  if (pooled) return all;
  const paysAi = isPrimary(wallet, person);
  return all.filter((one) => (one.category === AI ? paysAi : one.officeId === wallet.officeId));
}

function streamsOf(
  wallet: WalletBalance,
  { pooled, wallets }: CompanyBalance,
  renewals: readonly Renewal[],
  { used, usageDays }: { used: readonly UsageOfDay[]; usageDays: number },
): Stream[] {
  const perDay = (usageClass: UsageClass, officeId?: bigint | null): Money =>
    used
      .filter((one) => classOf(one) === usageClass && (officeId === undefined || one.officeId === officeId))
      .reduce((sum, { cost }) => sum.plus(cost), dollars('0'))
      .dividedBy(usageDays);
  const bundles = new Map(wallets.map((one) => [one.walletId, runningBundles(one, renewals)]));
  const of = (one: WalletBalance, kind: 'calling' | 'ai'): RunningBundle[] =>
    bundles.get(one.walletId)?.[kind] ?? [];
  if (!pooled) {
    return [
      { class: 'calls', perDay: perDay('calls'), bundles: of(wallet, 'calling') },
      { class: 'ai', perDay: perDay('ai'), bundles: of(wallet, 'ai') },
    ];
  }
  const offices = wallets.filter(({ officeId }) => officeId !== null);
  return [
    ...offices.map((office) => ({
      class: 'calls' as const,
      perDay: perDay('calls', office.officeId),
      bundles: [...of(office, 'calling'), ...of(wallet, 'calling')],
    })),
    { class: 'ai', perDay: perDay('ai'), bundles: offices.flatMap((office) => of(office, 'ai')) },
  ];
}

function runningBundles(
  wallet: WalletBalance,
  renewals: readonly Renewal[],
): Record<'calling' | 'ai', RunningBundle[]> {
  const running = (wanted: 'calling' | 'ai'): RunningBundle[] =>
    wallet.bundles
      .filter(({ kind }) => kind === wanted)
      .map(({ kind, remaining, expiresAt }) => ({
        remaining,
        expiresAt,
        renewal: findRenewal(renewals, { officeId: wallet.officeId, kind, expiresAt }),
      }));
  return { calling: running('calling'), ai: running('ai') };
}

function rechargeOf(wallet: WalletBalance, recharges: readonly Recharge[]): Forecast['recharge'] {
  const facts = recharges.find(({ walletId }) => walletId === wallet.walletId);
  if (facts === undefined || !facts.isOn || facts.pausedFor !== null) return null;
  return { threshold: facts.threshold, amount: facts.amount, room: facts.cap.minus(facts.used) };
}
