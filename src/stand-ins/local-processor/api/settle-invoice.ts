import type { Call } from '../endpoint.ts';
import { type Invoice, toSeconds } from '../objects.ts';
import { recordEvent } from '../record-event.ts';

/** Marks an open invoice paid that the caller has locked, on its page or out of band. */
export async function settleInvoice(
  call: Call<unknown>,
  invoice: Invoice,
  { isOutOfBand }: { isOutOfBand: boolean },
): Promise<void> {
  invoice.status = 'paid';
  invoice.attempt_count += isOutOfBand ? 0 : 1;
  invoice.auto_advance = false;
  invoice.paid_out_of_band = isOutOfBand;
  invoice.amount_paid = isOutOfBand ? 0 : invoice.amount_due;
  invoice.amount_remaining = 0;
  invoice.status_transitions = { ...transitionsOf(invoice), paid_at: toSeconds(call.now) };
  await call.tx.save('invoice', invoice);
  await recordEvent(call, 'invoice.paid', invoice);
  await recordEvent(call, 'invoice.payment_succeeded', invoice);
}

/** Somebody tried to pay and could not. */
export async function failInvoice(call: Call<unknown>, invoice: Invoice): Promise<void> {
  invoice.attempt_count += 1;
  await call.tx.save('invoice', invoice);
  await recordEvent(call, 'invoice.payment_failed', invoice);
}

/** Tells once of each open invoice whose due date has passed by the one clock; returns how many there were. */
export async function sendOverdue(call: Call<unknown>): Promise<number> {
  const { rows } = await call.tx.client.query<{ id: string }>(
    `SELECT id FROM card_processor.resource
     WHERE kind = 'invoice' AND body->>'status' = 'open' AND (body->>'due_date')::bigint <= $1
       AND NOT hidden ? 'overdue'
     ORDER BY id`,
    [toSeconds(call.now)],
  );
  for (const { id } of rows) {
    const found = await call.tx.lock('invoice', id);
    if (found?.body.status !== 'open') continue;
    await call.tx.save('invoice', found.body, { overdue: 'told' });
    await recordEvent(call, 'invoice.overdue', found.body);
  }
  return rows.length;
}

export function transitionsOf(invoice: Invoice): Record<string, unknown> {
  const known = invoice.status_transitions;
  return typeof known === 'object' && known !== null ? { ...known } : {};
}
