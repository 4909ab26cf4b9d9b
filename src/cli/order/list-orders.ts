import { type ListedOrder, listOrders } from '../../billing/index.ts';
import { formatDollars } from '../../money.ts';
import { defineCommand, flag, optionalCompany, rowNumber, withDefault } from '../frame/index.ts';

export const listOrdersCommand = defineCommand({
  name: 'order list',
  summary: 'purchases, recharges and bundle periods, the newest first',
  params: {
    company: optionalCompany(),
    open: flag('--open', 'only those whose money may still move'),
    limit: withDefault('--limit <number>', 'how many at most', rowNumber, '50'),
  },
  async run({ db }, { company, open, limit }) {
    const of = company === undefined ? {} : { companyId: company.id };
    const orders = await listOrders(db, { ...of, isOpen: open, limit: Number(limit) });
    return {
      lines: orders.length === 0 ? ['There is none.'] : orders.map(describe),
      value: { orders },
    };
  },
});

function describe(order: ListedOrder): string {
  return [
    order.reference,
    `${order.at.toISOString().slice(0, 16)}Z`,
    order.companyName,
    `${order.kind} ${formatDollars(order.amount)}`,
    order.officeNames.length === 0 ? 'shared credits' : order.officeNames.join(', '),
    order.failureCode === null ? order.state : `${order.state} (${order.failureCode})`,
    order.receipt ?? 'no receipt',
    order.userId,
  ].join('  ');
}
