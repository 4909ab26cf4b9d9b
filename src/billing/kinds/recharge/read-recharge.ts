import type { Queryable } from '../../../db/index.ts';
import { DAY_MS } from '../../../durations.ts';
import { QUARTER_HOUR_MS, readBalance, usageTotals } from '../../../ledger/index.ts';
import { dollars, fromMicros, type Money } from '../../../money.ts';
import { buyableScopes, isCompanyAdmin, isSameScope, labelScope, type Person } from '../../../org/index.ts';
import type { BillingDeps } from '../../deps.ts';
import { scopeOf } from '../../orders/order.ts';
import { arePurchasesPaused } from '../../orders/purchases-paused.ts';
import { choiceOf, DEFAULTS, type RechargeChoice } from '../../recharge-choice.ts';
import { countedMonth, sumRecharges, versionOf } from './settings.ts';

const PACE_DAYS = 7;

/** Why auto-recharge stands still though it is on. */
type StandsStill =
  | 'declined'
  | 'no_card'
  | 'unverified'
  | 'processor'
  | 'refunded'
  | 'unconfirmed'
  | 'dispute';

/** Auto-recharge of some credits as their admins may know it. */
export interface RechargeFacts extends RechargeChoice {
  walletId: bigint;
  label: string;
  general: Money;
  /** Recharged in the month that the cap counts now. */
  used: Money;
  month: Date;
  /** What usage of these credits cost a day, over the last seven days. */
  perDay: Money;
  /** Of the setting that these are; a change of it carries it back. */
  version: number;
  standsStill: StandsStill | null;
  /** What was refunded, where that is why it stands still. */
  refunded: Money | null;
  mayChangeCap: boolean;
}

/** Auto-recharge of everything this person may set it for: the shared credits, or offices (R11). */
export async function readRecharges(
  deps: Pick<BillingDeps, 'db' | 'clock'>,
  person: Person,
): Promise<RechargeFacts[]> {
  const { db } = deps;
  const now = deps.clock.now();
  const { company } = person;
  const balance = await readBalance(db, company.id, now);
  const settings = await db.rechargeSetting.findMany({ where: { companyId: company.id } });
  const isDisputed = await arePurchasesPaused(db, company.id);
  const perDay = await readDailyCosts(db, company.id, now);
  const all: RechargeFacts[] = [];
  for (const scope of buyableScopes(person)) {
    const wallet = balance.wallets.find((candidate) => isSameScope(scopeOf(candidate), scope));
    if (wallet === undefined) continue;
    const setting = settings.find(({ walletId }) => walletId === wallet.walletId);
    all.push({
      ...(setting === undefined ? { isOn: false, ...DEFAULTS } : choiceOf(setting)),
      walletId: wallet.walletId,
      label: labelScope(person, scope),
      general: wallet.freeGeneral,
      used:
        setting === undefined
          ? dollars('0')
          : await sumRecharges(db, countedMonth(company, wallet, setting, now)),
      month: now,
      perDay: perDay(wallet.officeId),
      version: versionOf(setting ?? null),
      standsStill: isDisputed ? 'dispute' : ((setting?.pausedFor ?? null) as StandsStill | null),
      refunded: setting?.pausedMicros == null ? null : fromMicros(setting.pausedMicros),
      mayChangeCap: isCompanyAdmin(person),
    });
  }
  return all;
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
