import { findOrder, formatReceipt, formatReference, readOrderHistory } from '../../billing/index.ts';
import { formatDollars, fromMicros } from '../../money.ts';
import { argument, companyOption, defineCommand, text } from '../frame/index.ts';

export const showOrderCommand = defineCommand({
  name: 'order show',
  summary: 'one order and everything that happened to it, in order',
  params: {
    company: companyOption(),
    order: argument('<order>', 'P-000123, its receipt R-000045, or the processor’s pi_…', text),
  },
  async run({ db }, { company, order: typed }) {
    const order = await findOrder(db, company.id, typed);
    const { events, credited } = await readOrderHistory(db, order);
    const reference = formatReference(order);
    const receipt = order.receiptNumber === null ? null : formatReceipt(order.receiptNumber);
    const amount = order.amountMicros === null ? null : fromMicros(order.amountMicros);
    return {
      lines: [
        `${reference}: ${order.kind}${amount === null ? '' : ` of ${formatDollars(amount)}`}, ${order.state}${order.failureCode === null ? '' : ` (${order.failureCode})`}`,
        `paid by ${order.method ?? 'nothing yet'}; ${receipt === null ? 'no receipt' : `receipt ${receipt}`}; credited ${credited === null ? 'nothing' : formatDollars(credited)}`,
        ...events.map(({ at, what, details }) => {
          const told = Object.entries(details).flatMap(([name, value]) =>
            value === null ? [] : [`${name} ${value}`],
          );
          return `  ${at.toISOString().slice(0, 19)}Z  ${what}${told.length === 0 ? '' : `: ${told.join(', ')}`}`;
        }),
      ],
      value: {
        reference,
        kind: order.kind,
        state: order.state,
        amount,
        method: order.method,
        receipt,
        failureCode: order.failureCode,
        credited,
        events,
      },
    };
  },
});
