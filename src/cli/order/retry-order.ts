import { findOrder, formatReference, retryOrder } from '../../billing/index.ts';
import { argument, defineCommand, optional, optionalCompany, text } from '../frame/index.ts';

export const retryOrderCommand = defineCommand({
  name: 'order retry',
  summary: 'charge an order that ended unpaid again, to the default card or else the backup',
  params: {
    order: argument('<order>', 'P-000123, or the processor’s pi_…', text),
    reason: optional('--reason <reason>', 'why, for the audit', text),
    company: optionalCompany(),
  },
  async run({ db, clock }, { order: typed, reason, company }) {
    const order = await findOrder(db, company?.id ?? null, typed);
    const card = await retryOrder({ db, clock }, order, reason?.trim() ?? null);
    const reference = formatReference(order);
    return {
      lines: [
        `${reference} is charged again, to ${card.brand} ${card.last4}. What comes of it: refill order show.`,
      ],
      value: { reference, companyId: order.companyId, card },
    };
  },
});
