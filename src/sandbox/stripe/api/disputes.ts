import { z } from 'zod';
import { type Call, type Endpoint, endpoint, listPage, retrieve } from '../endpoint.ts';
import { noSuch } from '../errors.ts';
import { newId } from '../ids.ts';
import { type Charge, type Dispute, toSeconds } from '../objects.ts';
import type { Processor } from '../processor.ts';
import { expand, page, text } from '../read-params.ts';
import { recordEvent } from '../record-event.ts';

const listParams = z.strictObject({ ...page, charge: text.optional(), payment_intent: text.optional() });

/** What holders said they never bought. Opened and closed by the world, not through the API. */
export const disputeEndpoints: readonly Endpoint[] = [
  endpoint('GET', '/v1/disputes', listParams, (call) =>
    listPage(call, 'dispute', '/v1/disputes', {
      charge: call.params.charge,
      payment_intent: call.params.payment_intent,
    }),
  ),
  endpoint('GET', '/v1/disputes/:id', z.strictObject(expand), retrieve('dispute')),
];

/** The holder of a card disputes a paid charge. */
export async function recordDispute(call: Call<unknown>, charge: Charge): Promise<Dispute> {
  const dispute: Dispute = {
    id: newId('dispute'),
    object: 'dispute',
    amount: charge.amount,
    charge: charge.id,
    created: toSeconds(call.now),
    currency: charge.currency,
    evidence_details: { due_by: null, has_evidence: false, past_due: false, submission_count: 0 },
    is_charge_refundable: false,
    livemode: call.isLive,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason: 'fraudulent',
    status: 'needs_response',
  };
  charge.disputed = true;
  await call.tx.save('charge', charge);
  await call.tx.insert('dispute', dispute);
  await recordEvent(call, 'charge.dispute.created', dispute);
  return dispute;
}

/** Opens a dispute about the charge of an intent. Throws where nothing was charged. */
export async function openDispute(processor: Processor, intentId: string): Promise<Dispute> {
  return await processor.books.transaction(async (tx) => {
    const intent = await tx.find('payment_intent', intentId);
    const charge = await tx.lock('charge', intent?.body.latest_charge ?? '');
    if (charge === undefined || !charge.body.paid) throw noSuch('charge', intentId, 'payment_intent', 400);
    return await recordDispute(processor.callIn(tx), charge.body);
  });
}

/** What the holder of a card could do now: the dispute that waits for its end, and the last charge to dispute. */
export async function readDisputable(
  processor: Processor,
): Promise<{ disputeId: string | null; intentId: string | null }> {
  return await processor.books.transaction(async (tx) => {
    const newest = { where: {}, limit: 50 };
    const open = (await tx.list('dispute', newest)).find(({ status }) => status === 'needs_response');
    const charge = (await tx.list('charge', newest)).find(
      ({ paid, disputed, refunded }) => paid && !disputed && !refunded,
    );
    return { disputeId: open?.id ?? null, intentId: charge?.payment_intent ?? null };
  });
}

/** The bank has decided: for the seller (`won`) or for the card's holder (`lost`). */
export async function closeDispute(
  processor: Processor,
  disputeId: string,
  outcome: 'won' | 'lost',
): Promise<Dispute> {
  return await processor.books.transaction(async (tx) => {
    const found = await tx.lock('dispute', disputeId);
    if (found === undefined) throw noSuch('dispute', disputeId, 'dispute', 400);
    const dispute = found.body;
    dispute.status = outcome;
    await tx.save('dispute', dispute);
    await recordEvent(processor.callIn(tx), 'charge.dispute.closed', dispute);
    return dispute;
  });
}
