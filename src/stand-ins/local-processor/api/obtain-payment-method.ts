import { type Decline, refuseSetup } from '../behaviour.ts';
import type { Stored } from '../books.ts';
import { type Call, findGiven } from '../endpoint.ts';
import { invalidParameter, StripeFault } from '../errors.ts';
import { newId } from '../ids.ts';
import { type PaymentMethod, toSeconds } from '../objects.ts';
import { recordEvent } from '../record-event.ts';
import { type CardRule, describeCard, findByToken, type TestCard } from '../test-cards.ts';

/** What is hidden behind a payment method: the test card's rule, and whether its holder has satisfied the bank for good. */
export function ruleOf(method: Stored<'payment_method'>): { rule: CardRule; isAuthenticated: boolean } {
  const rule = (method.hidden.rule ?? 'approve') as CardRule;
  return { rule, isAuthenticated: method.hidden.authenticated === 'once' && rule === 'authenticate-once' };
}

/** A payment method for this card, stored and attached to nobody yet. The number and the security code are not kept. */
export async function createPaymentMethod(
  call: Call<unknown>,
  card: TestCard,
  expiry: { month: number; year: number },
): Promise<Stored<'payment_method'>> {
  const body: PaymentMethod = {
    id: newId('payment_method'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    card: describeCard(card, expiry),
    created: toSeconds(call.now),
    customer: null,
    customer_account: null,
    livemode: call.isLive,
    metadata: {},
    type: 'card',
  };
  const hidden = { rule: card.rule };
  await call.tx.insert('payment_method', body, hidden);
  return { body, hidden };
}

/** The payment method with this id; a test token such as `pm_card_visa` makes a new one, as in the real test mode. */
export async function obtainPaymentMethod(
  call: Call<unknown>,
  idOrToken: string,
  param: string,
): Promise<Stored<'payment_method'>> {
  const card = findByToken(idOrToken);
  if (card === undefined) return findGiven(call, 'payment_method', idOrToken, param);
  return createPaymentMethod(call, card, { month: 12, year: call.now.getUTCFullYear() + 3 });
}

/** Attaches a payment method to a customer; throws a card error for the numbers that are refused at once. */
export async function attachTo(
  call: Call<unknown>,
  method: Stored<'payment_method'>,
  customerId: string,
): Promise<PaymentMethod> {
  const { body } = method;
  if (body.customer === customerId) return body;
  if (body.customer !== null) {
    throw invalidParameter(
      'customer',
      'The payment method you provided has already been attached to a customer.',
    );
  }
  if (method.hidden.detached === 'yes') throw usedUp();
  const refusal = refuseSetup(ruleOf(method).rule);
  if (refusal !== undefined) throw cardRefused(refusal);
  body.customer = customerId;
  await call.tx.save('payment_method', body);
  await recordEvent(call, 'payment_method.attached', body);
  return body;
}

/** 400: a payment method that was detached is spent. */
export function usedUp(): StripeFault {
  return invalidParameter(
    'payment_method',
    'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
  );
}

/** 402: the card itself was refused where no payment is concerned. Execution had begun, so the answer is saved. */
function cardRefused(refusal: Decline): StripeFault {
  const { code, declineCode, message } = refusal;
  return new StripeFault(402, { type: 'card_error', code, decline_code: declineCode ?? code, message }, true);
}
