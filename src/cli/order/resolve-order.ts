import { findOrder, formatReceipt, formatReference, resolveOrder } from '../../billing/index.ts';
import { RefillError } from '../../errors.ts';
import { argument, defineCommand, flag, openBilling, option, optionalCompany, text } from '../frame/index.ts';

export const resolveOrderCommand = defineCommand({
  name: 'order resolve',
  summary: 'end an order of which it is not known whether it was paid, as the card processor says',
  params: {
    order: argument('<order>', 'P-000123, or the processor’s pi_…', text),
    paid: flag('--paid', 'it was paid: credit it'),
    notPaid: flag('--not-paid', 'it was not paid: cancel it at the processor and close it'),
    reason: option('--reason <reason>', 'why, for the audit', text),
    force: flag('--force', 'although the card processor does not say so'),
    company: optionalCompany(),
  },
  async run(context, { order: typed, paid, notPaid, reason, force, company }) {
    if (paid === notPaid) throw new RefillError('bad-argument', 'Type either --paid or --not-paid.');
    const found = await findOrder(context.db, company?.id ?? null, typed);
    const resolution = { isPaid: paid, reason: reason.trim(), isForced: force };
    const { order, wasForced } = await resolveOrder(openBilling(context), found, resolution);
    const reference = formatReference(order);
    const receipt = order.receiptNumber === null ? null : formatReceipt(order.receiptNumber);
    return {
      lines: [
        paid
          ? `${reference} is paid and credited${receipt === null ? '' : `, receipt ${receipt}`}.`
          : `${reference} is closed unpaid. Nothing charges it again by itself.`,
        wasForced
          ? 'The card processor does not say so: it was forced.'
          : 'The card processor says the same.',
      ],
      value: {
        reference,
        companyId: order.companyId,
        state: order.state,
        receipt,
        failureCode: order.failureCode,
        wasForced,
      },
    };
  },
});
