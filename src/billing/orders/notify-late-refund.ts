import type { Tx } from '../../db/index.ts';
import { postNotice } from '../../notices/index.ts';
import { findCompany, labelScopes, listOffices, raiseOperatorNotice } from '../../org/index.ts';
import type { Attempt } from './attempts.ts';
import { amountText, type ConfirmedOrder, findCardName, formatReference, scopeOf } from './order.ts';
import { kindOf } from './order-kind.ts';
import { readLines } from './order-lines.ts';

/**
 * Notifies that a payment came through late and was refunded: its buyer, or for an automatic charge the channel, and the
 * operator (R16).
 */
export async function notifyLateRefund(
  tx: Tx,
  order: ConfirmedOrder,
  attempt: Attempt,
  at: Date,
): Promise<void> {
  const { companyId, teamId, userId } = order;
  await raiseOperatorNotice(tx, {
    kind: 'late-payment-refunded',
    companyId,
    subject: `${formatReference(order)}/${attempt.number}`,
    details: { intent: attempt.intentId ?? '', amount: amountText(order), reason: attempt.refundReason },
    at,
  });
  const company = await findCompany(tx, companyId);
  if (company === null) return;
  const offices = await listOffices(tx, companyId);
  const scopes = (await readLines(tx, order)).map(scopeOf);
  const hasBuyer = teamId !== null && !(await kindOf(order).isAutomatic(tx, order));
  await postNotice(tx, {
    companyId,
    dedupeKey: `late-refund:${order.id}:${attempt.number}`,
    at,
    ...(hasBuyer ? { to: { teamId, channelId: userId } } : {}),
    facts: {
      kind: 'late_refund',
      reason: attempt.refundReason === 'too_late' ? 'too_late' : 'replaced',
      amount: amountText(order),
      reference: formatReference(order),
      card: await findCardName(tx, attempt),
      scopeLabel: labelScopes({ company, offices }, scopes),
      at: at.toISOString(),
      timeZone: company.timeZone,
    },
  });
}
