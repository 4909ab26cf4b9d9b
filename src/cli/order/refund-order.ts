import { findOrder, formatReference, type OrderRefund, refundOrder } from '../../billing/index.ts';
import { formatDollars } from '../../money.ts';
import {
  amount,
  argument,
  defineCommand,
  openBilling,
  option,
  optional,
  optionalCompany,
  text,
} from '../frame/index.ts';

export const refundOrderCommand = defineCommand({
  name: 'order refund',
  summary:
    'refund the payment of an order to its card, and take its credits back; the same again refunds nothing twice',
  params: {
    order: argument(
      '<order>',
      'P-000123, the processor’s pi_…, or with --company its receipt R-000045',
      text,
    ),
    amount: optional('--amount <dollars>', 'how much (default: all that is left)', amount),
    reason: option('--reason <reason>', 'why, for the audit', text),
    company: optionalCompany(),
    key: optional(
      '--key <key>',
      'names this refund (default: its amount and reason); the same key again refunds nothing',
      text,
    ),
  },
  async run(context, { order: typed, amount: wanted, reason: given, company, key }) {
    const { db } = context;
    const reason = given.trim();
    const order = await findOrder(db, company?.id ?? null, typed);
    const { name } = await db.company.findUniqueOrThrow({ where: { id: order.companyId } });
    const refund = await refundOrder(openBilling(context), order, {
      amount: wanted ?? null,
      key: key?.trim() ?? `${wanted?.toFixed(2) ?? 'all'}: ${reason}`,
      reason,
    });
    const reference = formatReference(order);
    const isOver = refund.state === 'failed' || refund.state === 'canceled';
    return {
      lines: describe(refund, company === undefined ? `${reference} of ${name}` : reference),
      value: { reference, companyId: order.companyId, ...refund },
      status: isOver ? 1 : 0,
    };
  },
});

function describe(refund: OrderRefund, order: string): string[] {
  const { refundId, state, taken, left, isRepeated, requestedBy, requestedAt } = refund;
  const amount = formatDollars(refund.amount);
  const isOver = state === 'failed' || state === 'canceled';
  return [
    isRepeated
      ? `Nothing was refunded now: ${requestedBy} had ${amount} of ${order} refunded on ${requestedAt.toISOString().slice(0, 10)} (${refundId}). To refund the same again, give another --key.`
      : `Refunded ${amount} of ${order} (${refundId}).`,
    isOver
      ? `Card processor: ${state}. The money did not arrive, and the credits are back. Left to refund: ${formatDollars(left)}.`
      : `Card processor: ${state.replace('_', ' ')}. Credits taken back: ${taken === null ? 'none yet' : formatDollars(taken)}. Left to refund: ${formatDollars(left)}.`,
  ];
}
