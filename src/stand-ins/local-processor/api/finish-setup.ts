import type { Decline } from '../behaviour.ts';
import type { Stored } from '../books.ts';
import type { Call } from '../endpoint.ts';
import type { CheckoutSession, PaymentMethod, SetupIntent } from '../objects.ts';
import { recordEvent } from '../record-event.ts';
import { closeSession } from './checkout-sessions.ts';
import { attachTo } from './obtain-payment-method.ts';

/** The card is saved: attached to its customer, its setup done, its session's link used up. */
export async function completeSetup(
  call: Call<unknown>,
  session: CheckoutSession,
  intent: SetupIntent,
  method: Stored<'payment_method'>,
): Promise<void> {
  if (session.customer !== null) await attachTo(call, method, session.customer);
  intent.status = 'succeeded';
  intent.payment_method = method.body.id;
  intent.next_action = null;
  intent.last_setup_error = null;
  await call.tx.save('setup_intent', intent);
  await recordEvent(call, 'setup_intent.succeeded', intent);
  await closeSession(call, session, 'complete');
}

/** The card was refused: the setup keeps the reason and waits for another card. */
export async function failSetup(
  call: Call<unknown>,
  intent: SetupIntent,
  method: PaymentMethod,
  refusal: Decline,
): Promise<void> {
  intent.status = 'requires_payment_method';
  intent.payment_method = null;
  intent.next_action = null;
  intent.last_setup_error = {
    code: refusal.code,
    ...(refusal.declineCode === undefined ? {} : { decline_code: refusal.declineCode }),
    ...(refusal.adviceCode === undefined ? {} : { advice_code: refusal.adviceCode }),
    message: refusal.message,
    payment_method: method,
    type: 'card_error',
  };
  await call.tx.save('setup_intent', intent);
  await recordEvent(call, 'setup_intent.setup_failed', intent);
}

/** The bank wants to ask the holder before the card is saved; returns the page that does. */
export async function askHolderAtSetup(
  call: Call<unknown>,
  intent: SetupIntent,
  method: PaymentMethod,
): Promise<string> {
  const url = `${call.publicUrl}/authenticate/${intent.id}?client_secret=${String(intent.client_secret)}`;
  intent.status = 'requires_action';
  intent.payment_method = method.id;
  intent.next_action = { type: 'redirect_to_url', redirect_to_url: { return_url: null, url } };
  await call.tx.save('setup_intent', intent);
  await recordEvent(call, 'setup_intent.requires_action', intent);
  return url;
}
