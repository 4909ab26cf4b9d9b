import { formatDollars, fromCents } from '../../../money.ts';
import { chargeInvoice } from '../api/invoice-payments.ts';
import { isOwed } from '../api/invoices.ts';
import { failInvoice, settleInvoice } from '../api/settle-invoice.ts';
import type { Invoice } from '../objects.ts';
import type { PageCall } from './answer-page.ts';
import { html } from './html.ts';
import { type PageAnswer, redirectTo, showNote, showPage } from './page-answer.ts';

const MOST_LINES = 250;

/** GET: an invoice as its customer sees it, with a button to pay it. */
export async function openInvoice({ call, id, url }: PageCall): Promise<PageAnswer> {
  const found = await call.tx.find('invoice', id);
  if (found === undefined || found.body.status === 'draft') return noInvoice();
  const invoice = found.body;
  const items = await call.tx.list('invoiceitem', { where: { invoice: id }, limit: MOST_LINES });
  const lines = items.toReversed().map(
    (item) => html`<tr>
      <td>${item.description ?? ''}</td>
      <td class="amount">${formatDollars(fromCents(item.amount))}</td>
    </tr>`,
  );
  const title = `Invoice ${invoice.number ?? ''}`;
  return showPage(
    200,
    title,
    html`<section class="panel">
      <p class="from">Refill</p>
      <h1>${title}</h1>
      <p class="amount">${formatDollars(fromCents(invoice.total))}</p>
      <p class="soft">For ${invoice.customer_name ?? 'your company'}. ${stateOf(invoice)}</p>
      ${url.searchParams.get('payment') === 'failed' && html`<p class="alert" role="alert">The payment did not go through. Nothing was charged.</p>`}
      ${
        isOwed(invoice) &&
        html`<form method="post"><div class="actions">
          <button class="button" type="submit" data-busy="Paying…">Pay ${formatDollars(fromCents(invoice.amount_remaining))}</button>
        </div></form>`
      }
      <table><thead><tr><th>What</th><th class="amount">Amount</th></tr></thead><tbody>${lines}</tbody></table>
    </section>`,
  );
}

/** POST: somebody pays. Whether it goes through is what the switch says; paid twice it is paid once. */
export async function payInvoice({ call, id }: PageCall): Promise<PageAnswer> {
  const found = await call.tx.lock('invoice', id);
  if (found === undefined || found.body.status === 'draft') return noInvoice();
  if (!isOwed(found.body)) return redirectTo(`/i/${id}`);
  const isDeclined = call.behaviour === 'decline' || call.behaviour === 'expired';
  await chargeInvoice(call, found.body, { isDeclined });
  if (isDeclined) await failInvoice(call, found.body);
  else await settleInvoice(call, found.body, { isOutOfBand: false });
  return redirectTo(isDeclined ? `/i/${id}?payment=failed` : `/i/${id}`);
}

function stateOf({ status, due_date }: Invoice): string {
  if (status === 'paid') return 'Paid. Thank you.';
  if (status === 'void') return 'Void: nothing is owed for it.';
  if (due_date === null) return '';
  const day = new Intl.DateTimeFormat('en-US', { month: 'long', day: 'numeric', year: 'numeric' });
  return `Due ${day.format(new Date(due_date * 1_000))}.`;
}

function noInvoice(): PageAnswer {
  return showNote(
    404,
    'There is no such page',
    'The link may be incomplete. Open it again from where you got it.',
  );
}
