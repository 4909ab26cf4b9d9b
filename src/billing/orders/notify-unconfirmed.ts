import type { Tx } from '../../db/index.ts';
import { postNotice } from '../../notices/index.ts';
import {
  findCompany,
  labelScopes,
  listOffices,
  raiseOperatorNotice,
  recordAudit,
  resolveOperatorNotice,
} from '../../org/index.ts';
import { amountText, findCardName, formatReference, type PricedOrder, scopeOf } from './order.ts';
import { kindOf } from './order-kind.ts';
import { readLines } from './order-lines.ts';

const REASONS = {
  checking: 'the processor has not said for a day whether it was charged',
  paid: 'it was paid',
  not_paid: 'nothing was charged',
  unconfirmed: 'it was never confirmed',
};

/**
 * Notifies how a stuck payment stands (R15): `checking` while it is polled, `paid`, `not_paid` where the processor says
 * that nothing was charged, `unconfirmed` where it never said anything. The operator has a notice until it ends. A buyer
 * who has a modal is shown it there, or by direct message; the channel has one message that follows it where no person
 * bought it, or auto-recharge was paused.
 */
export async function notifyUnconfirmed(
  tx: Tx,
  order: PricedOrder,
  { state, pausesRecharge = false, at }: { state: keyof typeof REASONS; pausesRecharge?: boolean; at: Date },
): Promise<void> {
  const { companyId } = order;
  const notice = { kind: 'payment-unconfirmed', companyId, subject: formatReference(order), at } as const;
  if (state === 'checking')
    await raiseOperatorNotice(tx, { ...notice, details: { amount: amountText(order) } });
  else await resolveOperatorNotice(tx, notice);
  await recordAudit(tx, {
    companyId,
    at,
    actor: 'processor',
    surface: 'processor',
    action: state === 'checking' ? 'payment-stuck' : 'payment-stuck-ended',
    reason: REASONS[state],
    details: { order: order.id.toString(), amount: amountText(order) },
  });
  const dedupeKey = `unconfirmed:${order.id}`;
  const isInChannel = (await tx.notice.count({ where: { companyId, dedupeKey } })) > 0;
  if (kindOf(order).hasBuyer && !pausesRecharge && !isInChannel) return;
  const company = await findCompany(tx, companyId);
  if (company === null) return;
  const offices = await listOffices(tx, companyId);
  await postNotice(tx, {
    companyId,
    dedupeKey,
    at,
    facts: {
      kind: 'payment_unconfirmed',
      state,
      pausesRecharge,
      amount: amountText(order),
      reference: formatReference(order),
      card: await findCardName(tx, order),
      scopeLabel: labelScopes({ company, offices }, (await readLines(tx, order)).map(scopeOf)),
      at: at.toISOString(),
      timeZone: company.timeZone,
    },
  });
}
