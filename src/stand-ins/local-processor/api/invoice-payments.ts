import { z } from 'zod';
import { LOCAL_CARD_DECLINES } from '../behaviour.ts';
import { type Call, type Endpoint, endpoint, listPage, retrieve } from '../endpoint.ts';
import { newId } from '../ids.ts';
import { type Invoice, type InvoicePayment, type PaymentIntent, toSeconds } from '../objects.ts';
import { created, expand, page, text } from '../read-params.ts';
import { recordEvent } from '../record-event.ts';
import { obtainPaymentMethod } from './obtain-payment-method.ts';
import { newIntent, withdrawIntent } from './payment-intents.ts';
import { declineIntent, payIntent } from './settle-intent.ts';

const listParams = z.strictObject({
  ...page,
  created,
  invoice: text.optional(),
  status: z.enum(['canceled', 'open', 'paid']).optional(),
});

/** Which intents are to pay invoices, and paid them. */
export const invoicePaymentEndpoints: readonly Endpoint[] = [
  endpoint('GET', '/v1/invoice_payments', listParams, (call) =>
    listPage(call, 'invoice_payment', '/v1/invoice_payments', {
      invoice: call.params.invoice,
      status: call.params.status,
    }),
  ),
  endpoint('GET', '/v1/invoice_payments/:id', z.strictObject(expand), retrieve('invoice_payment')),
];

/** "Stripe automatically creates a default InvoicePayment when the invoice is finalized" (`InvoicePayment.is_default`). */
export async function openInvoicePayment(call: Call<unknown>, invoice: Invoice): Promise<void> {
  const amount = invoice.amount_due;
  const { currency, customer } = invoice;
  const description = `Payment for Invoice ${invoice.number ?? invoice.id}`;
  const intent = newIntent(call, { amount, currency, customer, description });
  await call.tx.insert('payment_intent', intent);
  await recordEvent(call, 'payment_intent.created', intent);
  const payment: InvoicePayment = {
    id: newId('invoice_payment'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: amount,
    created: toSeconds(call.now),
    currency,
    invoice: invoice.id,
    is_default: true,
    livemode: call.isLive,
    payment: { type: 'payment_intent', payment_intent: intent.id },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  };
  await call.tx.insert('invoice_payment', payment);
}

/** Somebody types a card on the invoice's page: it is charged, or declined. Nothing where the invoice has no payment. */
export async function chargeInvoice(
  call: Call<unknown>,
  invoice: Invoice,
  { isDeclined }: { isDeclined: boolean },
): Promise<void> {
  const open = await lockOpen(call, invoice);
  if (open === undefined) return;
  const { body: method } = await obtainPaymentMethod(call, 'pm_card_visa', 'payment_method');
  if (isDeclined) {
    await declineIntent(call, open.intent, method, LOCAL_CARD_DECLINES.decline);
    return;
  }
  await payIntent(call, open.intent, method);
  open.payment.status = 'paid';
  open.payment.amount_paid = open.payment.amount_requested;
  open.payment.status_transitions.paid_at = toSeconds(call.now);
  await call.tx.save('invoice_payment', open.payment);
  await recordEvent(call, 'invoice_payment.paid', open.payment);
}

/** The invoice is taken back, or was paid elsewhere: nothing is to be charged for it. */
export async function withdrawInvoicePayment(call: Call<unknown>, invoice: Invoice): Promise<void> {
  const open = await lockOpen(call, invoice);
  if (open === undefined) return;
  await withdrawIntent(call, open.intent, invoice.status === 'void' ? 'void_invoice' : null);
  open.payment.status = 'canceled';
  open.payment.status_transitions.canceled_at = toSeconds(call.now);
  await call.tx.save('invoice_payment', open.payment);
}

async function lockOpen(
  call: Call<unknown>,
  { id }: Invoice,
): Promise<{ payment: InvoicePayment; intent: PaymentIntent } | undefined> {
  const [payment] = await call.tx.list('invoice_payment', {
    where: { invoice: id, status: 'open' },
    limit: 1,
  });
  if (payment === undefined) return undefined;
  const intent = await call.tx.lock('payment_intent', payment.payment.payment_intent);
  return intent === undefined ? undefined : { payment, intent: intent.body };
}
