import { settleProcessing } from './api/settle-intent.ts';
import { sendOverdue } from './api/settle-invoice.ts';
import type { Processor } from './processor.ts';

/** Finishes every payment in processing whose time has come by the one clock, and tells of invoices that are overdue; returns how many it looked at. */
export async function settleDuePayments(processor: Processor): Promise<number> {
  return processor.books.transaction(async (tx) => {
    const { rows } = await tx.client.query<{ id: string }>(
      `SELECT id FROM card_processor.resource
       WHERE kind = 'payment_intent' AND body->>'status' = 'processing' AND (hidden->>'settlesAt')::timestamptz <= $1
       ORDER BY id`,
      [processor.clock.now()],
    );
    for (const { id } of rows) {
      const intent = await tx.lock('payment_intent', id);
      if (intent !== undefined) await settleProcessing(processor.callIn(tx), intent);
    }
    return rows.length + (await sendOverdue(processor.callIn(tx)));
  });
}
