import { DAY_MS } from '../../../durations.ts';
import type { BillingDeps } from '../../deps.ts';
import { GatewayRefusedError } from '../../gateway.ts';
import type { GatewayInvoice, InvoiceGateway } from '../../invoice-gateway.ts';
import { ensureCustomer } from '../../processor/customer.ts';
import type { InvoiceDocument } from '../invoice-rows.ts';
import { keyOfMirror, type MirrorRow } from './mirror.ts';
import { toMirrorItems } from './mirror-items.ts';

/** An invoice, its mirror so far, and the processor. */
export interface Mirrored {
  deps: BillingDeps;
  gateway: InvoiceGateway;
  row: MirrorRow;
  invoice: InvoiceDocument;
}

/**
 * Has the invoice at the processor complete and asked to be paid, and says what it is there now. Each step asks first
 * what is there already and has a key of its own besides, so this may be killed anywhere and run again: one invoice,
 * each item once, and finalized only when its total is ours to the cent.
 */
export async function completeMirror(mirrored: Mirrored): Promise<GatewayInvoice> {
  const { gateway, row, invoice } = mirrored;
  const customerId = await ensureCustomer(mirrored.deps, row.companyId);
  const known = await obtainInvoice(mirrored, customerId);
  if (known.state !== 'draft') return known;
  const there = await gateway.listItems(known.id);
  for (const { reference, description, amount } of toMirrorItems(invoice)) {
    if (there.has(reference)) continue;
    const key = `${keyOf(mirrored)}-item-${reference}`;
    await gateway.addItem({ customerId, invoiceId: known.id, amount, description, reference, key });
  }
  const { total } = await gateway.findInvoice(known.id);
  if (!total.equals(invoice.total))
    throw new GatewayRefusedError('total_differs', `${invoice.number} comes to ${total} at the processor`);
  return await gateway.finalizeInvoice({ invoiceId: known.id, key: `${keyOf(mirrored)}-finalize` });
}

/** The one invoice at the processor, its id stored before anything is put on it. */
async function obtainInvoice(mirrored: Mirrored, customerId: string): Promise<GatewayInvoice> {
  const { deps, gateway, row, invoice } = mirrored;
  if (row.processorId !== null) return await gateway.findInvoice(row.processorId);
  const reference = invoice.token;
  const begun = row.creatingAt !== null;
  const found = begun ? await gateway.findInvoiceByReference({ customerId, reference }) : null;
  const known = found ?? (await createInvoice(mirrored, customerId));
  await deps.db.invoiceMirror.update({ where: keyOfMirror(row), data: { processorId: known.id } });
  return known;
}

async function createInvoice(mirrored: Mirrored, customerId: string): Promise<GatewayInvoice> {
  const { deps, gateway, row, invoice } = mirrored;
  const now = deps.clock.now();
  // Kept with the beginning: under one key the processor wants the same words each time. Whole days that end on ours.
  const daysUntilDue =
    row.daysUntilDue ?? Math.max(1, Math.floor((invoice.dueAt.getTime() - now.getTime()) / DAY_MS));
  const { invoiceEmail: email } = await deps.db.company.findUniqueOrThrow({ where: { id: row.companyId } });
  if (email !== null) await gateway.setEmail({ customerId, email });
  await deps.db.invoiceMirror.update({
    where: keyOfMirror(row),
    data: { creatingAt: row.creatingAt ?? now, daysUntilDue },
  });
  return await gateway.createInvoice({
    customerId,
    number: invoice.number,
    daysUntilDue,
    description: 'Communications credits',
    reference: invoice.token,
    key: `${keyOf(mirrored)}-invoice`,
  });
}

/** What was refused for certain did not happen, and its answer may be kept under its key. */
export function keyOf({ row, invoice }: Mirrored): string {
  return `${invoice.token}-${row.refusals}`;
}
