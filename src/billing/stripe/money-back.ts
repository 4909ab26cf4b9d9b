import type Stripe from 'stripe';
import { SECOND_MS } from '../../durations.ts';
import { fromCents, toCents } from '../../money.ts';
import type { GatewayDispute, GatewayRefund, PaymentGateway } from '../gateway.ts';
import { answer, idOf } from './client.ts';
import { listAll } from './list-all.ts';

type MoneyBack = Pick<
  PaymentGateway,
  | 'findDispute'
  | 'listDisputes'
  | 'createRefund'
  | 'findRefund'
  | 'listRefunds'
  | 'listRefundsOf'
  | 'findFraudWarning'
>;

/** What of the gateway is about money that goes back: disputes, refunds, and warnings of fraud. */
export function moneyBack(stripe: Stripe): MoneyBack {
  return {
    findDispute: async (id) => toDispute(await answer(() => stripe.disputes.retrieve(id))),
    listDisputes: async ({ since }) =>
      (await listAll((page) => stripe.disputes.list(page), since)).map(toDispute),
    createRefund: async ({ intentId, amount, reference, key }) =>
      toRefund(
        await answer(() =>
          stripe.refunds.create(
            { payment_intent: intentId, amount: toCents(amount), metadata: { reference } },
            { idempotencyKey: key },
          ),
        ),
      ),
    findRefund: async (id) => toRefund(await answer(() => stripe.refunds.retrieve(id))),
    listRefunds: async ({ since }) =>
      (await listAll((page) => stripe.refunds.list(page), since)).map(toRefund),
    listRefundsOf: (intentId) => listRefundsOf(stripe, intentId),
    async findFraudWarning(id) {
      const warning = await answer(() => stripe.radar.earlyFraudWarnings.retrieve(id));
      return {
        intentId: idOf(warning.payment_intent),
        fraudType: warning.fraud_type,
        isActionable: warning.actionable,
      };
    },
  };
}

/** Every refund of what one intent charged, the newest first. */
export async function listRefundsOf(stripe: Stripe, intentId: string): Promise<GatewayRefund[]> {
  const list = listAll((page) => stripe.refunds.list({ payment_intent: intentId, ...page }), new Date(0));
  return (await list).map(toRefund);
}

const STAGES: Readonly<Record<string, GatewayDispute['state']>> = {
  warning_needs_response: 'inquiry',
  warning_under_review: 'inquiry',
  warning_closed: 'closed',
  needs_response: 'open',
  under_review: 'open',
  appeal_needs_response: 'open',
  appeal_under_review: 'open',
  won: 'won',
  lost: 'lost',
  // Settled before it began; what was given back for that is a refund.
  prevented: 'closed',
};

export function toDispute(dispute: Stripe.Dispute): GatewayDispute {
  return {
    id: dispute.id,
    intentId: idOf(dispute.payment_intent),
    amount: fromCents(dispute.amount),
    state: STAGES[dispute.status] ?? 'unknown',
    createdAt: new Date(dispute.created * SECOND_MS),
  };
}

const REFUND_STATES = new Set<string>(['requires_action', 'succeeded', 'failed', 'canceled']);

export function toRefund(refund: Stripe.Refund): GatewayRefund {
  const { status } = refund;
  const isKnown = (text: string | null): text is GatewayRefund['state'] => REFUND_STATES.has(text ?? '');
  return {
    id: refund.id,
    intentId: idOf(refund.payment_intent),
    amount: fromCents(refund.amount),
    // Whatever it is called otherwise, money is on its way.
    state: isKnown(status) ? status : 'pending',
    failureReason: status === 'failed' ? (refund.failure_reason ?? null) : null,
    reference: refund.metadata?.reference ?? null,
    createdAt: new Date(refund.created * SECOND_MS),
  };
}
