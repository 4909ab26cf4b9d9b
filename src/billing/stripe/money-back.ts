import type Stripe from 'stripe';
import { SECOND_MS } from '../../durations.ts';
import { fromCents } from '../../money.ts';
import type { GatewayDispute, GatewayRefund, PaymentGateway } from '../gateway.ts';
import { answer, idOf } from './client.ts';
import { listAll } from './list-all.ts';

/** What of the gateway is about money that goes back: disputes, refunds, and warnings of fraud. */
export function moneyBack(
  stripe: Stripe,
): Pick<PaymentGateway, 'findDispute' | 'listDisputes' | 'findRefund' | 'listRefunds' | 'findFraudWarning'> {
  return {
    findDispute: async (id) => toDispute(await answer(() => stripe.disputes.retrieve(id))),
    listDisputes: async ({ since }) =>
      (await listAll((page) => stripe.disputes.list(page), since)).map(toDispute),
    findRefund: async (id) => toRefund(await answer(() => stripe.refunds.retrieve(id))),
    listRefunds: async ({ since }) =>
      (await listAll((page) => stripe.refunds.list(page), since)).map(toRefund),
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

function toDispute(dispute: Stripe.Dispute): GatewayDispute {
  return {
    id: dispute.id,
    intentId: idOf(dispute.payment_intent),
    amount: fromCents(dispute.amount),
    state: STAGES[dispute.status] ?? 'unknown',
    createdAt: new Date(dispute.created * SECOND_MS),
  };
}

const REFUND_STATES = new Set<string>(['requires_action', 'succeeded', 'failed', 'canceled']);

function toRefund(refund: Stripe.Refund): GatewayRefund {
  const { status } = refund;
  const isKnown = (text: string | null): text is GatewayRefund['state'] => REFUND_STATES.has(text ?? '');
  return {
    id: refund.id,
    intentId: idOf(refund.payment_intent),
    amount: fromCents(refund.amount),
    // Whatever it is called otherwise, money is on its way.
    state: isKnown(status) ? status : 'pending',
    failureReason: status === 'failed' ? (refund.failure_reason ?? null) : null,
    createdAt: new Date(refund.created * SECOND_MS),
  };
}
