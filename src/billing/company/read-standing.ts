import type { Queryable } from '../../db/index.ts';
import { type CompanyBalance, readBalance } from '../../ledger/index.ts';
import { dollars, type Money } from '../../money.ts';
import { POLLED } from '../orders/order-state.ts';
import { arePurchasesPaused } from '../orders/purchases-paused.ts';
import { isRechargeable } from '../recharge-choice.ts';

/** How a company stands, for the operator. */
export interface CompanyStanding {
  creditSharing: 'per_office' | 'company';
  /** The sum of what calls and messages can still spend, wallet by wallet: no debt is set against another's credits. */
  available: Money;
  general: Money;
  bundles: Money;
  overdrawn: Money;
  /** `on`, `off`, `paused`, or on for some offices only. */
  autoRecharge: string;
  /** Why purchases and auto-recharge do not run; null: they do. */
  paused: string | null;
  openOrders: number;
}

const ZERO = dollars('0');

/** Reads how a company stands: what it has and owes, how it shares, and what does not run. */
export async function readStanding(db: Queryable, companyId: bigint, at: Date): Promise<CompanyStanding> {
  const balance = await readBalance(db, companyId, at);
  const settings = await db.rechargeSetting.findMany({ where: { companyId, isOn: true } });
  const isDisputed = await arePurchasesPaused(db, companyId);
  const openOrders = await db.purchaseOrder.count({ where: { companyId, state: { in: POLLED } } });
  const paying = balance.wallets.filter((wallet) => isRechargeable(balance, wallet));
  const on = settings.filter(({ walletId }) => paying.some((wallet) => wallet.walletId === walletId));
  return {
    creditSharing: balance.pooled ? 'company' : 'per_office',
    ...sumUp(balance),
    autoRecharge: describeRecharge(
      on.map(({ pausedFor }) => pausedFor),
      paying.length,
    ),
    paused: isDisputed ? 'a dispute' : null,
    openOrders,
  };
}

function sumUp({ wallets, pooled }: CompanyBalance) {
  const sum = (amounts: Money[]): Money => amounts.reduce((total, amount) => total.plus(amount), ZERO);
  // Where credits are shared, an office's own available includes the pool's.
  const paying = pooled ? wallets.filter(({ officeId }) => officeId === null) : wallets;
  return {
    available: sum(
      paying.map(({ available }) =>
        available.calls.isNegative() ? ZERO : available.calls.toDecimalPlaces(2, 1),
      ),
    ),
    general: sum(wallets.map(({ general }) => general)),
    bundles: sum(wallets.map(({ calling, ai }) => calling.plus(ai))),
    overdrawn: sum(wallets.map(({ debt }) => debt.calls.plus(debt.ai))),
  };
}

function describeRecharge(pauses: readonly (string | null)[], wallets: number): string {
  if (pauses.length === 0) return 'off';
  const paused = pauses.filter((reason) => reason !== null);
  const where = pauses.length === wallets ? 'on' : `on for ${pauses.length} of ${wallets}`;
  if (paused.length === 0) return where;
  const reasons = [...new Set(paused)]
    .map((reason) => (reason === 'no_card' ? 'no card' : reason))
    .join(', ');
  return paused.length === pauses.length
    ? `paused (${reasons})`
    : `${where}, ${paused.length} paused (${reasons})`;
}
