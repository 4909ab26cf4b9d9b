import { SECOND_MS } from '../../../durations.ts';
import { formatDollars, fromCents } from '../../../money.ts';
import type { Charge } from '../objects.ts';
import type { PageCall } from './answer-page.ts';
import { html } from './html.ts';
import { type PageAnswer, showPage } from './page-answer.ts';

const MOST_LINES = 50;

/**
 * GET: what the holders of the test cards see at their bank: the descriptor and amount of every charge, the newest first, and
 * what was given back. A payment's `description` reaches no bank, so it is not shown.
 */
export async function openStatement({ call }: PageCall): Promise<PageAnswer> {
  const charges = (await call.tx.list('charge', { where: {}, limit: MOST_LINES })).slice(0, MOST_LINES);
  const paid = charges.filter(({ status }) => status === 'succeeded');
  // One after the other: they share the transaction's connection.
  const cards: (string | undefined)[] = [];
  for (const { payment_method } of paid)
    cards.push((await call.tx.find('payment_method', payment_method))?.body.card?.last4);
  const lines = paid.map((charge, index) => {
    return html`<tr>
      <td>${formatDay(charge.created)}</td>
      <td>${String(charge.calculated_statement_descriptor)}<br><span class="soft">•••• ${cards[index] ?? '????'}</span></td>
      <td class="amount">${formatDollars(fromCents(charge.amount))}${given(charge)}</td>
    </tr>`;
  });
  return showPage(
    200,
    'Card statement',
    html`<section class="panel">
      <h1>Card statement</h1>
      <p class="soft">What the banks of the test cards show, the newest first.</p>
      ${
        lines.length === 0
          ? html`<p>Nothing was charged yet.</p>`
          : html`<table><thead><tr><th>Date</th><th>What</th><th class="amount">Amount</th></tr></thead><tbody>${lines}</tbody></table>`
      }
    </section>`,
  );
}

function given(charge: Charge): ReturnType<typeof html> {
  return charge.amount_refunded > 0
    ? html`<br><span class="soft">${formatDollars(fromCents(charge.amount_refunded))} given back</span>`
    : html``;
}

function formatDay(seconds: number): string {
  return new Intl.DateTimeFormat('en-US', {
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  }).format(new Date(seconds * SECOND_MS));
}
