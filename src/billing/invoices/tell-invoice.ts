import type { Tx } from '../../db/index.ts';
import { fromMicros } from '../../money.ts';
import { postNotice } from '../../notices/index.ts';
import { formatInvoice, type InvoiceState } from './invoice-rows.ts';

/** The notice of an invoice: one message, brought up to date when it is overdue, paid or void. Returns its number. */
export async function tellInvoice(
  tx: Tx,
  key: { companyId: bigint; id: bigint },
  at: Date,
): Promise<{ year: number; number: number }> {
  const invoice = await tx.invoice.findUniqueOrThrow({
    where: { companyId_id: key },
    include: { _count: { select: { items: true } } },
  });
  const company = await tx.company.findUniqueOrThrow({ where: { id: key.companyId } });
  await postNotice(tx, {
    companyId: key.companyId,
    dedupeKey: `invoice:${invoice.id}`,
    at,
    facts: {
      kind: 'invoice',
      state: invoice.state as InvoiceState,
      number: formatInvoice(invoice),
      total: fromMicros(invoice.totalMicros).toFixed(2),
      dueAt: invoice.dueAt.toISOString(),
      lines: invoice._count.items,
      token: invoice.token,
      timeZone: company.timeZone,
    },
  });
  return invoice;
}
