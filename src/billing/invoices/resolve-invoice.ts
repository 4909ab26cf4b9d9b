import { type Db, inTransaction } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { recordAudit } from '../../org/index.ts';
import { lockCompany } from '../order-rows.ts';
import { parseInvoice } from './invoice-rows.ts';
import { tellInvoice } from './tell-invoice.ts';

/**
 * Marks an invoice paid, or void, by its number: what was owed for it is not owed any more (R10). The same again
 * changes nothing. Throws RefillError `invoice-unknown`, or `invoice-closed` for one that is the other already.
 */
export async function resolveInvoice(
  db: Db,
  wanted: { number: string; state: 'paid' | 'void'; at: Date },
): Promise<void> {
  const { at, state } = wanted;
  const key = parseInvoice(wanted.number);
  const found = key === null ? null : await db.invoice.findUnique({ where: { year_number: key } });
  if (found === null) throw new RefillError('invoice-unknown', `There is no invoice ${wanted.number}.`);
  const { companyId, id } = found;
  await inTransaction(db, async (tx) => {
    await lockCompany(tx, companyId);
    const invoice = await tx.invoice.findUniqueOrThrow({ where: { companyId_id: { companyId, id } } });
    if (invoice.state === state) return;
    if (invoice.state === 'paid' || invoice.state === 'void')
      throw new RefillError('invoice-closed', `Invoice ${wanted.number} is ${invoice.state} already.`);
    await tx.invoice.update({
      where: { companyId_id: { companyId, id } },
      data: { state, resolvedAt: at },
    });
    await tellInvoice(tx, { companyId, id }, at);
    await recordAudit(tx, {
      companyId,
      at,
      actor: 'operator',
      surface: 'operator',
      action: `invoice-${state}`,
      details: { invoice: wanted.number },
    });
  });
}
