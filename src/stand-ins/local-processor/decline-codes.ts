import type { Decline } from './behaviour.ts';

/** What a bank may advise with a refusal: `AdviceCode` of a charge's outcome in the SDK (resources/Charges). */
export const ADVICE_CODES = ['confirm_card_data', 'do_not_try_again', 'try_again_later'] as const;
export type AdviceCode = (typeof ADVICE_CODES)[number];

/**
 * The decline codes of docs.stripe.com/declines/codes, each with the message that the API answers. Codes of readers in
 * shops (pins) are left out.
 */
const MESSAGES = {
  approve_with_id: 'The payment cannot be authorized.',
  authentication_required: 'Your card was declined. This transaction requires authentication.',
  call_issuer: 'Your card was declined.',
  card_not_supported: 'Your card does not support this type of purchase.',
  card_velocity_exceeded: 'Your card has exceeded the balance or credit limit.',
  currency_not_supported: 'Your card does not support this currency.',
  do_not_honor: 'Your card was declined.',
  do_not_try_again: 'Your card was declined.',
  duplicate_transaction: 'Your card was declined.',
  expired_card: 'Your card has expired.',
  fraudulent: 'Your card was declined.',
  generic_decline: 'Your card was declined.',
  incorrect_cvc: "Your card's security code is incorrect.",
  incorrect_number: 'Your card number is incorrect.',
  insufficient_funds: 'Your card has insufficient funds.',
  invalid_account: 'Your card was declined.',
  invalid_amount: 'Your card was declined.',
  issuer_not_available: 'Your card was declined.',
  lost_card: 'Your card was declined.',
  merchant_blacklist: 'Your card was declined.',
  new_account_information_available: 'Your card was declined.',
  no_action_taken: 'Your card was declined.',
  not_permitted: 'Your card was declined.',
  pickup_card: 'Your card was declined.',
  processing_error: 'An error occurred while processing your card. Try again in a little bit.',
  reenter_transaction: 'Your card was declined.',
  restricted_card: 'Your card was declined.',
  revocation_of_all_authorizations: 'Your card was declined.',
  revocation_of_authorization: 'Your card was declined.',
  security_violation: 'Your card was declined.',
  service_not_allowed: 'Your card was declined.',
  stolen_card: 'Your card was declined.',
  stop_payment_order: 'Your card was declined.',
  testmode_decline: 'Your card was declined. Your request was in test mode, but used a non test card.',
  transaction_not_allowed: 'Your card was declined.',
  try_again_later: 'Your card was declined.',
  withdrawal_count_limit_exceeded: 'Your card was declined.',
} as const;

export type DeclineCode = keyof typeof MESSAGES;
export const DECLINE_CODES = Object.keys(MESSAGES) as [DeclineCode, ...DeclineCode[]];

/** Decline codes that are error codes of the API as well; all others come under `card_declined` (docs.stripe.com/error-codes). */
const OWN_ERROR_CODES = new Set<DeclineCode>([
  'authentication_required',
  'expired_card',
  'incorrect_cvc',
  'incorrect_number',
  'processing_error',
]);

/** A bank's refusal as the API words it, with the bank's advice where it gave one. */
export function declineOf(declineCode: DeclineCode, adviceCode?: AdviceCode): Decline {
  return {
    code: OWN_ERROR_CODES.has(declineCode) ? declineCode : 'card_declined',
    declineCode,
    message: MESSAGES[declineCode],
    ...(adviceCode === undefined ? {} : { adviceCode }),
  };
}
