import type { OrderRow } from '../../src/billing/orders/order.ts';
import type { Db } from '../../src/db/index.ts';

type Columns = Omit<Parameters<Db['purchaseOrder']['create']>[0]['data'], 'amountMicros' | 'orderLines'>;

/** Stores an order as it would stand, with one line: so much for an office, or for the shared credits. */
export async function storeOrder(
  db: Db,
  {
    officeId = null,
    amountMicros,
    ...columns
  }: Columns & { companyId: bigint; officeId?: bigint | null; amountMicros: bigint },
): Promise<OrderRow> {
  const { companyId, kind } = columns;
  const wallet =
    kind === 'recharge' ? await db.wallet.findFirstOrThrow({ where: { companyId, officeId } }) : null;
  const line = { position: 0, officeId, amountMicros };
  const data = {
    ...columns,
    rechargeWalletId: wallet?.id ?? null,
    amountMicros,
    orderLines: { create: [line] },
  };
  return await db.purchaseOrder.create({
    data: data as Parameters<Db['purchaseOrder']['create']>[0]['data'],
  });
}
