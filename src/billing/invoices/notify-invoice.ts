import type { Tx } from '../../db/index.ts';
import { type InvoiceFacts, postNotice } from '../../notices/index.ts';
import { listCompanyAdmins } from '../../org/index.ts';
import { askForNoticeFile } from './invoice-file-rows.ts';
import { type InvoiceDocument, readInvoice } from './invoice-rows.ts';
import { sumLines } from './sum-lines.ts';

/** A notice with more lines than these sums them by what they are for. */
const MOST_LINES = 10;

/**
 * The notice of an invoice: one message, brought up to date when it is overdue, paid or void; the lines as a file go
 * with it, once. Returns its number. Applies R10.5.
 */
export async function notifyInvoice(
  tx: Tx,
  key: { companyId: bigint; id: bigint },
  at: Date,
): Promise<string> {
  const invoice = await readInvoice(tx, key);
  if (invoice === null) throw new RangeError(`there is no invoice ${key.id}`);
  const posted = await postNotice(tx, {
    companyId: key.companyId,
    dedupeKey: noticeKey(key),
    at,
    facts: {
      kind: 'invoice',
      state: invoice.state,
      number: invoice.number,
      total: invoice.total.toFixed(2),
      owedAgain: invoice.owedAgain?.toFixed(2) ?? null,
      startsAt: invoice.startsAt.toISOString(),
      closesAt: invoice.closesAt.toISOString(),
      dueAt: invoice.dueAt.toISOString(),
      resolvedAt: invoice.resolvedAt?.toISOString() ?? null,
      lines: invoice.lines.length,
      items: toItems(invoice),
      admins: await listCompanyAdmins(tx, key.companyId),
      payUrl: invoice.payUrl,
      hasFailed: invoice.hasFailed,
      token: invoice.token,
      timeZone: invoice.timeZone,
    },
  });
  if (posted !== null) await askForNoticeFile(tx, key, { channelId: posted.channelId, at });
  return invoice.number;
}

/** What the outbox knows an invoice's notice by. */
export function noticeKey({ id }: { id: bigint }): string {
  return `invoice:${id}`;
}

/** The lines, or where they are many their sums by description, the largest first. */
function toItems({ lines }: InvoiceDocument): InvoiceFacts['items'] {
  if (lines.length <= MOST_LINES)
    return lines.map((line) => ({
      description: line.description,
      office: line.office,
      count: 1,
      amount: line.amount.toFixed(2),
      at: line.at.toISOString(),
      receipt: line.receipt,
    }));
  return sumLines(lines.map(({ description, amount }) => ({ what: description, amount })))
    .toSorted((a, b) => b.amount.comparedTo(a.amount))
    .map(({ what, count, amount }) => ({
      description: what,
      office: null,
      count,
      amount: amount.toFixed(2),
      at: null,
      receipt: null,
    }));
}
