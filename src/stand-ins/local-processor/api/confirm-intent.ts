import { readBankAnswer } from '../bank-answers.ts';
import { type ChargeOutcome, decideCharge, LOCAL_CARD_DECLINES } from '../behaviour.ts';
import type { Stored } from '../books.ts';
import type { Call, Reply } from '../endpoint.ts';
import { invalidParameter, SilentFault, unexpectedState } from '../errors.ts';
import type { IntentStatus, PaymentIntent, PaymentMethod } from '../objects.ts';

import { recordDispute } from './disputes.ts';
import { obtainPaymentMethod, ruleOf, usedUp } from './obtain-payment-method.ts';
import { askHolder, declineIntent, payIntent, startProcessing } from './settle-intent.ts';

/** What a confirmation may say, at once with the creation or later. */
export interface Confirmation {
  payment_method?: string | undefined;
  return_url?: string | undefined;
  off_session?: boolean | undefined;
  error_on_requires_action?: boolean | undefined;
}

const CONFIRMABLE: readonly IntentStatus[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
];

/**
 * Charges the card of an intent that the caller has locked. A refusal is committed too (402): the intent
 * keeps the reason. Throws 400 when the intent's state or its card does not allow a charge.
 */
export async function confirmIntent(
  call: Call<unknown>,
  stored: Stored<'payment_intent'>,
  confirmation: Confirmation,
): Promise<Reply> {
  const intent = stored.body;
  checkConfirmable(intent);
  const returnUrl = confirmation.return_url ?? stored.hidden.returnUrl;
  checkReturnUrl(stored, returnUrl);
  const method = await chooseMethod(call, intent, confirmation.payment_method);
  const outcome = outcomeOf(call, method, false);
  switch (outcome.kind) {
    case 'silent':
      throw new SilentFault('the processor does nothing and says nothing');
    case 'paid':
      return { ...(await payIntent(call, intent, method.body)), isSilent: outcome.isSilent };
    case 'disputed':
      return payAndDispute(call, intent, method.body);
    case 'processing':
      return startProcessing(call, intent, method.body);
    case 'declined':
      return declineIntent(call, intent, method.body, outcome.decline);
    case 'needs-authentication':
      // Off session there is nobody to ask: declined with `authentication_required`, and the intent waits for another
      // payment method (docs.stripe.com/payments/save-and-reuse, "Charge the saved payment method later"). The same
      // where the caller wants no question (`error_on_requires_action`).
      return confirmation.off_session === true || confirmation.error_on_requires_action === true
        ? declineIntent(call, intent, method.body, LOCAL_CARD_DECLINES['authentication-required'])
        : askHolder(call, intent, method.body, returnUrl);
  }
}

/**
 * What becomes of a charge on this card: the switch decides, then the bank of just this card, then its test number.
 * @param hasAnswered the holder has just said yes on the bank's page, for this payment
 */
export function outcomeOf(
  call: Call<unknown>,
  method: Stored<'payment_method'>,
  hasAnswered: boolean,
): ChargeOutcome {
  const { rule, isAuthenticated } = ruleOf(method);
  const isSwitched = call.behaviour !== 'approve' && call.behaviour !== 'down';
  const ofBank = isSwitched ? undefined : readBankAnswer(method.hidden, hasAnswered);
  return ofBank ?? decideCharge(call.behaviour, rule, isAuthenticated || hasAnswered);
}

/** Paid, and the holder says at once that it was not them. */
async function payAndDispute(
  call: Call<unknown>,
  intent: PaymentIntent,
  method: PaymentMethod,
): Promise<Reply> {
  const reply = await payIntent(call, intent, method);
  const charge = await call.tx.lock('charge', intent.latest_charge ?? '');
  if (charge !== undefined) await recordDispute(call, charge.body);
  return reply;
}

function checkConfirmable(intent: PaymentIntent): void {
  if (CONFIRMABLE.includes(intent.status)) return;
  const why =
    intent.status === 'succeeded'
      ? 'it has already succeeded after being previously confirmed'
      : `it has a status of ${intent.status}`;
  throw unexpectedState(
    'payment_intent_unexpected_state',
    `You cannot confirm this PaymentIntent because ${why}.`,
    { payment_intent: intent },
  );
}

/** Methods that redirect need somewhere to return to, unless the intent is for cards alone or forbids redirects. */
function checkReturnUrl(stored: Stored<'payment_intent'>, returnUrl: string | undefined): void {
  if (returnUrl !== undefined || stored.hidden.redirects !== 'possible') return;
  throw invalidParameter(
    'return_url',
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
  );
}

async function chooseMethod(
  call: Call<unknown>,
  intent: PaymentIntent,
  given: string | undefined,
): Promise<Stored<'payment_method'>> {
  const id = given ?? intent.payment_method;
  if (id === null) {
    throw unexpectedState(
      'payment_intent_unexpected_state',
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
      { payment_intent: intent },
    );
  }
  return checkOwner(intent.customer, await obtainPaymentMethod(call, id, 'payment_method'));
}

/** A card belongs to one customer, and to nobody else's payments. Throws 400 when it may not be used here. */
export function checkOwner(
  customerId: string | null,
  method: Stored<'payment_method'>,
): Stored<'payment_method'> {
  const owner = method.body.customer;
  if (owner === null && method.hidden.detached === 'yes') throw usedUp();
  if (owner === null || owner === customerId) return method;
  const message =
    customerId === null
      ? 'The provided PaymentMethod cannot be used with this PaymentIntent because it is attached to a Customer: provide the `customer` as well.'
      : `The customer does not have a payment method with the ID ${method.body.id}. The payment method must be attached to the customer.`;
  throw invalidParameter('payment_method', message);
}
