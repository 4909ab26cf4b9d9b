import { inTransaction } from '../../../db/index.ts';
import type { Money } from '../../../money.ts';
import { lockForPerson, type Person } from '../../../org/index.ts';
import type { BillingDeps } from '../../deps.ts';
import { toPriced } from '../../orders/order.ts';
import type { Shown } from '../../orders/review-mark.ts';
import type { RechargeChoice, SettingRow } from '../../recharge-choice.ts';
import { changeRecharge } from './change-recharge.ts';
import { findSettingOf } from './settings.ts';
import { markOfSuggestion, suggestAmount } from './suggest-amount.ts';

/**
 * Takes the larger amount that a recharge's notice suggested (R12); null when it was taken already, or another amount is
 * set or would be suggested by now. Throws what `reviewRecharge` throws.
 */
export async function acceptSuggestedAmount(
  deps: BillingDeps,
  asked: Person,
  { token, mark }: Shown,
): Promise<{ outcome: 'taken' | 'asked'; amount: Money } | null> {
  const now = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const person = await lockForPerson(tx, asked);
    const row = await tx.purchaseOrder.findFirst({
      where: { companyId: person.company.id, token, kind: 'recharge' },
    });
    const order = row === null ? null : toPriced(row);
    const setting = order === null ? null : await findSettingOf(tx, order);
    if (order === null || setting === null || !isOfAmount(order, setting)) return null;
    const suggested = await suggestAmount(tx, person.company, order, order.settledAt ?? now);
    if (suggested === null || markOfSuggestion(token, suggested.toFixed(2)) !== mark) return null;
    const choose = (before: RechargeChoice) => ({ ...before, amount: suggested });
    const done = await changeRecharge(tx, person, setting.walletId, choose, { now });
    return { outcome: done === 'asked' ? 'asked' : 'taken', amount: suggested };
  });
}

/** Whether an order recharged by the amount that is set now, once or several times. */
function isOfAmount(order: { amountMicros: bigint }, { amountMicros, fills }: SettingRow): boolean {
  return fills ? order.amountMicros % amountMicros === 0n : order.amountMicros === amountMicros;
}
