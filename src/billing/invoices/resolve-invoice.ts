import { type Db, type InvoiceState, inTransaction, type Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { lockCompany, recordAudit } from '../../org/index.ts';
import { parseInvoice } from './invoice-rows.ts';
import { wakeMirror } from './mirror/mirror.ts';
import { notifyInvoice } from './notify-invoice.ts';

/**
 * Marks an invoice paid, or void, by its number: what was owed for it is not owed any more (R10), here and at the
 * processor where it is mirrored. The same again changes nothing. Throws RefillError `invoice-unknown`, or
 * `invoice-closed` for one that is the other already.
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
    const is = await settleInvoice(
      tx,
      { companyId, id },
      { state, at, actor: 'operator', surface: 'operator' },
    );
    if (is !== state) throw new RefillError('invoice-closed', `Invoice ${wanted.number} is ${is} already.`);
    await wakeMirror(tx, { companyId, id }, at);
  });
}

/**
 * Settles an invoice that is still owed, tells it and keeps who did; returns what it is then, which is another state
 * where it was settled otherwise before. Under the company's lock.
 */
export async function settleInvoice(
  tx: Tx,
  key: { companyId: bigint; id: bigint },
  wanted: { state: 'paid' | 'void'; at: Date; actor: string; surface: 'operator' | 'processor' },
): Promise<InvoiceState> {
  const { state, at, actor, surface } = wanted;
  const row = await tx.invoice.findUniqueOrThrow({ where: { companyId_id: key } });
  // At the processor a payment that was given back leaves an invoice paid; here it is owed again.
  const isReopened = row.reopenedMicros !== null && surface === 'processor';
  if (isReopened || (row.state !== 'open' && row.state !== 'overdue')) return row.state;
  // What was owed again is paid again, or not owed any more.
  const again =
    row.reopenedMicros === null
      ? {}
      : { reopenedMicros: 0n, repaidMicros: row.repaidMicros + row.reopenedMicros };
  await tx.invoice.update({
    where: { companyId_id: key },
    data: { state, resolvedAt: at, ...again },
  });
  const invoice = await notifyInvoice(tx, key, at);
  await recordAudit(tx, {
    companyId: key.companyId,
    at,
    actor,
    surface,
    action: `invoice-${state}`,
    details: { invoice },
  });
  return state;
}
