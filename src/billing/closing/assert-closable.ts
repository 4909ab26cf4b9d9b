import type { Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { formatReference } from '../orders/order.ts';
import { POLLED_STATES } from '../orders/order-state.ts';

const MAX_NAMED = 5;

/**
 * Whether nothing of a company's money is open: no order that may still be charged, no dispute and no inquiry. Throws RefillError
 * `company-not-closable`, which names what is open and the command that shows it.
 */
export async function assertClosable(tx: Tx, companyId: bigint): Promise<void> {
  const orders = await tx.purchaseOrder.findMany({
    where: { companyId, state: { in: POLLED_STATES } },
    orderBy: { id: 'asc' },
  });
  const disputes = await tx.dispute.findMany({
    where: { companyId, state: { in: ['open', 'inquiry'] } },
    orderBy: { id: 'asc' },
  });
  const claims = await tx.invoiceClaim.findMany({
    where: { companyId, kind: 'dispute', state: { in: ['open', 'inquiry'] } },
    orderBy: { processorId: 'asc' },
  });
  const disputed = [...disputes, ...claims].map(({ processorId, state }) => `${processorId} (${state})`);
  const reasons = [
    ...describe(
      'payment may still be charged',
      'payments may still be charged',
      orders.map((order) => `${formatReference(order)} (${order.state.replace('_', ' ')})`),
      `refill order list --company ${companyId} --open`,
    ),
    ...describe('dispute is open', 'disputes are open', disputed, 'answer it at the card processor'),
  ];
  if (reasons.length === 0) return;
  throw new RefillError(
    'company-not-closable',
    `It cannot be closed yet: ${reasons.join('; ')}. Nothing was changed.`,
  );
}

function describe(one: string, many: string, names: readonly string[], next: string): string[] {
  if (names.length === 0) return [];
  const named = names.slice(0, MAX_NAMED).join(', ');
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  return [`${names.length} ${names.length === 1 ? one : many}: ${named}${more} (${next})`];
}
