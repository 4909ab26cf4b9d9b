import type { Queryable } from '../../../db/index.ts';
import { WEEK_MS } from '../../../durations.ts';
import type { Money } from '../../../money.ts';
import type { Company } from '../../../org/index.ts';
import { offerChoices } from '../../orders/limits.ts';
import { amountOf, type PricedOrder } from '../../orders/order.ts';
import { markOf } from '../../orders/review-mark.ts';
import { walletOf } from './settings.ts';

/** From this firing within a week on a larger amount is suggested (R12). */
const OFTEN = 3;

/**
 * The next larger amount to recharge by, where it fires often; null where it does not, or there is none larger.
 * Applies R12.1.
 */
export async function suggestAmount(
  db: Queryable,
  company: Company,
  order: PricedOrder,
  now: Date,
): Promise<Money | null> {
  const fired = await db.purchaseOrder.count({
    where: {
      companyId: order.companyId,
      rechargeWalletId: walletOf(order),
      createdAt: { gt: new Date(now.getTime() - WEEK_MS) },
    },
  });
  if (fired < OFTEN) return null;
  const amount = amountOf(order);
  return offerChoices(company.purchaseLimits).find((choice) => choice.greaterThan(amount)) ?? null;
}

/** The mark of an amount (two decimals) that the notice of a recharge suggests; the click that takes it carries it back. */
export function markOfSuggestion(orderToken: string, amount: string): string {
  return markOf([orderToken, amount]);
}
