import {
  findOrder,
  formatReceipt,
  formatReference,
  type LineFacts,
  readOrderHistory,
} from '../../billing/index.ts';
import { formatDollars, fromMicros } from '../../money.ts';
import { argument, companyOption, defineCommand, text } from '../frame/index.ts';

function describeLine({ office, amount, credited, reversed }: LineFacts): string {
  const taken = reversed.isZero() ? '' : `, ${formatDollars(reversed)} of it taken back`;
  const came = credited === null ? 'not credited' : `credited ${formatDollars(credited)}${taken}`;
  return `  ${office ?? 'shared credits'}: ${formatDollars(amount)}, ${came}`;
}

export const showOrderCommand = defineCommand({
  name: 'order show',
  summary: 'one order and everything that happened to it, in order',
  params: {
    company: companyOption(),
    order: argument('<order>', 'P-000123, its receipt R-000045, or the processor’s pi_…', text),
  },
  async run({ db }, { company, order: typed }) {
    const order = await findOrder(db, company.id, typed);
    const { events, lines } = await readOrderHistory(db, order);
    const reference = formatReference(order);
    const receipt = order.receiptNumber === null ? null : formatReceipt(order.receiptNumber);
    const amount = order.amountMicros === null ? null : fromMicros(order.amountMicros);
    return {
      lines: [
        `${reference}: ${order.kind}${amount === null ? '' : ` of ${formatDollars(amount)}`}, ${order.state}${order.failureCode === null ? '' : ` (${order.failureCode})`}`,
        `paid by ${order.method ?? 'nothing yet'}; ${receipt === null ? 'no receipt' : `receipt ${receipt}`}`,
        ...lines.map(describeLine),
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
        lines,
        events,
      },
    };
  },
});
