import { z } from 'zod';
import { type Call, type Endpoint, endpoint, listPage, retrieve } from '../endpoint.ts';
import { newId } from '../ids.ts';
import type { EarlyFraudWarning } from '../money-back.ts';
import { type Charge, toSeconds } from '../objects.ts';
import { created, expand, page, text } from '../read-params.ts';
import { recordEvent } from '../record-event.ts';

const listParams = z.strictObject({
  ...page,
  created,
  charge: text.optional(),
  payment_intent: text.optional(),
});

/** What card networks say of a charge before its holder does (`Radar.EarlyFraudWarningListParams`). */
export const earlyFraudWarningEndpoints: readonly Endpoint[] = [
  endpoint('GET', '/v1/radar/early_fraud_warnings', listParams, (call) =>
    listPage(call, 'early_fraud_warning', '/v1/radar/early_fraud_warnings', {
      charge: call.params.charge,
      payment_intent: call.params.payment_intent,
    }),
  ),
  endpoint(
    'GET',
    '/v1/radar/early_fraud_warnings/:id',
    z.strictObject(expand),
    retrieve('early_fraud_warning'),
  ),
];

/** The network of a card warns of a paid charge. */
export async function recordEarlyFraudWarning(
  call: Call<unknown>,
  charge: Charge,
): Promise<EarlyFraudWarning> {
  const warning: EarlyFraudWarning = {
    id: newId('early_fraud_warning'),
    object: 'radar.early_fraud_warning',
    // Not disputed and not fully refunded (`EarlyFraudWarning.actionable`).
    actionable: charge.disputed !== true && !charge.refunded,
    charge: charge.id,
    created: toSeconds(call.now),
    fraud_type: 'unauthorized_use_of_card',
    livemode: call.isLive,
    payment_intent: charge.payment_intent,
  };
  await call.tx.insert('early_fraud_warning', warning);
  await recordEvent(call, 'radar.early_fraud_warning.created', warning);
  return warning;
}
