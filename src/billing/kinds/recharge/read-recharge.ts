import type { Queryable } from '../../../db/index.ts';
import { DAY_MS } from '../../../durations.ts';
import {
  type CompanyBalance,
  QUARTER_HOUR_MS,
  readBalance,
  usageTotals,
  type WalletBalance,
} from '../../../ledger/index.ts';
import { dollars, fromMicros, type Money } from '../../../money.ts';
import { buyableScopes, isCompanyAdmin, isSameScope, labelScope, type Person } from '../../../org/index.ts';
import type { BillingDeps } from '../../deps.ts';
import { scopeOf } from '../../orders/order.ts';
import { findPurchasePause, type PurchasePause } from '../../orders/purchases-paused.ts';
import {
  choiceOf,
  DEFAULT_RECHARGE_CHOICE,
  type RechargeChoice,
  type SettingRow,
} from '../../recharge-choice.ts';
import { RECHARGE_INTERVAL_MS } from './decide-recharge.ts';
import { countedMonth, isBelow, sumRecharges, versionOf } from './settings.ts';

const PACE_DAYS = 7;

/** Why auto-recharge adds nothing though it is on: it is paused, or a limit is reached. */
type PausedFor =
  | 'declined'
  | 'no_card'
  | 'unverified'
  | 'processor'
  | 'refunded'
  | 'surprise'
  | 'unconfirmed'
  | PurchasePause
  | 'cap'
  | 'daily'
  | 'exposure';

/** When the next recharge is tried, where that is known: after the interval between two, or again after a failure. */
export interface NextRecharge {
  at: Date;
  after: 'interval' | 'failure';
}

/** Auto-recharge of some credits as their admins may know it. */
export interface RechargeFacts extends RechargeChoice {
  walletId: bigint;
  /** Null: the shared credits. */
  officeId: bigint | null;
  label: string;
  general: Money;
  /** Recharged in the month that the cap counts now. */
  used: Money;
  month: Date;
  /** What usage of these credits cost a day, over the last seven days. */
  perDay: Money;
  /** Of the setting that these are; a change of it carries it back. */
  version: number;
  pausedFor: PausedFor | null;
  /** What was refunded, where that is why it is paused. */
  refunded: Money | null;
  next: NextRecharge | null;
  mayChangeCap: boolean;
}

/** What stands behind the facts of every person of a company: its balance, and its settings and costs beside that. */
export interface RechargeFigures {
  balance: CompanyBalance;
  settings: readonly SettingRow[];
  pause: PurchasePause | null;
  perDay(officeId: bigint | null): Money;
}

/** Reads it for a balance. */
export async function readRechargeFigures(
  db: Queryable,
  companyId: bigint,
  balance: CompanyBalance,
): Promise<RechargeFigures> {
  const settings = await db.rechargeSetting.findMany({ where: { companyId } });
  const pause = await findPurchasePause(db, companyId);
  const perDay = await readDailyCosts(db, companyId, balance.at);
  return { balance, settings, pause, perDay };
}

/**
 * Auto-recharge of everything this person may set it for: the shared credits, or offices (R11). `figures`: of the company, where
 * they are read already.
 */
export async function readRecharges(
  { db, clock }: Pick<BillingDeps, 'db' | 'clock'>,
  person: Person,
  figures?: RechargeFigures,
): Promise<RechargeFacts[]> {
  const { company } = person;
  const { balance, settings, pause, perDay } =
    figures ?? (await readRechargeFigures(db, company.id, await readBalance(db, company.id, clock.now())));
  const now = balance.at;
  const all: RechargeFacts[] = [];
  for (const scope of buyableScopes(person)) {
    const wallet = balance.wallets.find((candidate) => isSameScope(scopeOf(candidate), scope));
    if (wallet === undefined) continue;
    const setting = settings.find(({ walletId }) => walletId === wallet.walletId);
    const choice = setting === undefined ? { isOn: false, ...DEFAULT_RECHARGE_CHOICE } : choiceOf(setting);
    const isLow = isBelow(wallet, choice.threshold);
    const used =
      setting === undefined
        ? dollars('0')
        : await sumRecharges(db, countedMonth(company, wallet, setting, now));
    all.push({
      ...choice,
      walletId: wallet.walletId,
      officeId: wallet.officeId,
      label: labelScope(person, scope),
      general: wallet.freeGeneral,
      used,
      month: now,
      perDay: perDay(wallet.officeId),
      version: versionOf(setting ?? null),
      pausedFor: pause ?? (setting === undefined ? null : findPause(setting, { used, isLow })),
      refunded: setting?.pausedMicros == null ? null : fromMicros(setting.pausedMicros),
      next: choice.isOn ? await findNext(db, { companyId: company.id, wallet, isLow, now }) : null,
      mayChangeCap: isCompanyAdmin(person),
    });
  }
  return all;
}

/** Why the setting adds nothing; a limit that was reached before counts only while it holds something back. */
function findPause(setting: SettingRow, { used, isLow }: { used: Money; isLow: boolean }): PausedFor | null {
  if (setting.pausedFor !== null) return setting.pausedFor as PausedFor;
  const [reason] = (setting.blockedKey ?? '').split(':') as PausedFor[];
  if (setting.blockedKey === null || reason === undefined || !isLow) return null;
  const { amount, cap } = choiceOf(setting);
  return reason === 'cap' && used.plus(amount).lessThanOrEqualTo(cap) ? null : reason;
}

/** Two recharges of a wallet are ten minutes apart (R11), and a failed one is tried again at its own time. */
async function findNext(
  db: Queryable,
  of: { companyId: bigint; wallet: WalletBalance; isLow: boolean; now: Date },
): Promise<NextRecharge | null> {
  const last = await db.purchaseOrder.findFirst({
    where: { companyId: of.companyId, rechargeWalletId: of.wallet.walletId },
    orderBy: { createdAt: 'desc' },
  });
  if (last === null) return null;
  if (last.retryAt !== null) return { at: last.retryAt, after: 'failure' };
  const at = new Date(last.createdAt.getTime() + RECHARGE_INTERVAL_MS);
  return of.isLow && at > of.now ? { at, after: 'interval' } : null;
}

/** What usage cost a day over the last week: of one office, or of all for the pool. */
async function readDailyCosts(
  db: Queryable,
  companyId: bigint,
  now: Date,
): Promise<(officeId: bigint | null) => Money> {
  const to = new Date(Math.ceil(now.getTime() / QUARTER_HOUR_MS) * QUARTER_HOUR_MS);
  const from = new Date(to.getTime() - PACE_DAYS * DAY_MS);
  const totals = await usageTotals(db, { companyId, from, to, by: ['office'] });
  return (officeId) =>
    totals
      .filter((total) => officeId === null || total.officeId === officeId)
      .reduce((sum, { cost }) => sum.plus(cost), dollars('0'))
      .dividedBy(PACE_DAYS);
}
