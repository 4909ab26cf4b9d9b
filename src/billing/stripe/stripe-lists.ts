import type Stripe from 'stripe';
import { SECOND_MS } from '../../durations.ts';
import { GatewayRefusedError } from '../gateway.ts';
import type { ListedPayment, ProcessorLists } from '../processor-lists.ts';
import { answer, idOf, openStripe, type StripeOptions } from './client.ts';
import { listPages } from './list-all.ts';
import { listRefundsOf, toDispute, toRefund } from './money-back.ts';

/** The processor's lists over Stripe's SDK. They are read, not searched: a search may not see the newest yet. */
export function createStripeLists(options: StripeOptions): ProcessorLists {
  const stripe = openStripe(options);
  return {
    listPayments: (period) =>
      mapPages(
        listPages((page) => stripe.paymentIntents.list(page), period),
        toPayment,
      ),
    listRefunds: (period) =>
      mapPages(
        listPages((page) => stripe.refunds.list(page), period),
        toRefund,
      ),
    listDisputes: (period) =>
      mapPages(
        listPages((page) => stripe.disputes.list(page), period),
        toDispute,
      ),
    findPayment: (id) => findOne(() => stripe.paymentIntents.retrieve(id), toPayment),
    findRefund: (id) => findOne(() => stripe.refunds.retrieve(id), toRefund),
    findDispute: (id) => findOne(() => stripe.disputes.retrieve(id), toDispute),
    listRefundsOf: (intentId) => listRefundsOf(stripe, intentId),
  };
}

async function* mapPages<T, R>(pages: AsyncIterable<T[]>, map: (each: T) => R): AsyncGenerator<R[]> {
  for await (const page of pages) yield page.map(map);
}

async function findOne<T, R>(call: () => Promise<T>, map: (each: T) => R): Promise<R | null> {
  try {
    return map(await answer(call));
  } catch (error) {
    if (error instanceof GatewayRefusedError && error.code === 'resource_missing') return null;
    throw error;
  }
}

function toPayment(intent: Stripe.PaymentIntent): ListedPayment {
  return {
    intentId: intent.id,
    createdAt: new Date(intent.created * SECOND_MS),
    status: intent.status,
    receivedCents: intent.amount_received,
    currency: intent.currency,
    customerId: idOf(intent.customer),
    reference: intent.metadata.reference ?? null,
  };
}
