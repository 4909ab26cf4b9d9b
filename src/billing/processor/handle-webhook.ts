import { collectCard } from '../cards/card-link.ts';
import { followCard } from '../cards/follow-card.ts';
import type { BillingDeps } from '../deps.ts';
import { followDispute } from '../disputes/follow-dispute.ts';
import { type GatewayEvent, GatewayRefusedError } from '../gateway.ts';
import { wakeMirror } from '../invoices/mirror/mirror.ts';
import { enqueueAdvance } from '../orders/order-jobs.ts';
import { followRefund } from '../refunds/follow-refund.ts';
import { reportFraudWarning } from './report-fraud-warning.ts';

/**
 * Takes one webhook of the card processor. It is only a hint to look: what happened is read from the processor
 * itself, so a webhook that comes twice, late or never changes nothing. Throws RefillError `webhook-refused` or
 * `webhook-malformed`.
 */
export async function handleWebhook(
  deps: BillingDeps,
  body: Buffer,
  signature: string | undefined,
): Promise<void> {
  const event = deps.gateway.readWebhook(body, signature);
  try {
    await follow(deps, event);
    deps.log.debug({ event: event.id, about: event.about }, 'processor webhook taken');
  } catch (error) {
    // An object that the processor itself does not know: sending the event again cannot help.
    if (!(error instanceof GatewayRefusedError) || error.code !== 'resource_missing') throw error;
    deps.log.warn(
      { event: event.id, about: event.about },
      'a webhook is about nothing that the processor knows',
    );
  }
}

async function follow(deps: BillingDeps, event: GatewayEvent): Promise<void> {
  if (event.about === 'card-page') await collectCard(deps, { sessionId: event.sessionId });
  if (event.about === 'dispute') await followDispute(deps, event.disputeId);
  if (event.about === 'refund') await followRefund(deps, event.refundId);
  if (event.about === 'fraud-warning') await reportFraudWarning(deps, event.warningId);
  if (event.about === 'card') await followCard(deps, event.cardId);
  if (event.about === 'intent') {
    const attempt = await deps.db.paymentAttempt.findUnique({ where: { intentId: event.intentId } });
    if (attempt !== null) {
      await enqueueAdvance(deps.db, { companyId: attempt.companyId, id: attempt.orderId });
    }
  }
  if (event.about === 'invoice') {
    const mirror = await deps.db.invoiceMirror.findUnique({ where: { processorId: event.invoiceId } });
    if (mirror !== null)
      await wakeMirror(deps.db, { companyId: mirror.companyId, id: mirror.invoiceId }, deps.clock.now());
  }
}
