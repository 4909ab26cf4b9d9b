import { formatCard } from './format.ts';

type Named = { brand: string; last4: string };

/**
 * Why a bank declined, in words for who pays. Lost, stolen, picked up and fraudulent stand nowhere: who holds such a card
 * must not learn that it was reported. What stands here has no more to say than "declined" either.
 */
const REASONS: Record<string, string> = {
  insufficient_funds: 'insufficient funds',
  expired_card: 'expired',
  incorrect_cvc: 'wrong security code',
  incorrect_number: 'wrong card number',
  processing_error: 'the bank couldn’t process it',
  issuer_not_available: 'the bank couldn’t be reached',
  try_again_later: 'the bank couldn’t be reached',
  card_velocity_exceeded: 'over its limit',
  withdrawal_count_limit_exceeded: 'over its limit',
  card_not_supported: 'doesn’t support this kind of purchase',
  currency_not_supported: 'doesn’t support US dollars',
  transaction_not_allowed: 'not allowed by the bank',
  restricted_card: 'restricted by the bank',
  invalid_account: 'invalid account',
  stop_payment_order: 'payment stopped by the cardholder',
  revocation_of_authorization: 'payment stopped by the cardholder',
  revocation_of_all_authorizations: 'payments stopped by the cardholder',
  authentication_required: 'the bank needs it verified',
  payment_intent_authentication_failure: 'not verified with the bank',
};

/** Why nothing was charged, where it was not a bank's decline. */
const OTHERWISE: Record<string, string> = {
  processor_refused: 'We couldn’t reach your card. You weren’t charged. Your provider has been told.',
  not_verified: 'The payment wasn’t verified with the bank in time. You weren’t charged.',
  no_card: 'There’s no card to charge. You weren’t charged.',
  card_needs_replacing: 'The card needs replacing. You weren’t charged.',
  exposure_limit: 'Your invoice limit is reached. You weren’t charged.',
  unconfirmed:
    'We couldn’t confirm this payment, and no credits were added. If it goes through later, we’ll add them or refund it.',
  disputed: 'A payment is disputed at the bank. You weren’t charged.',
};

/** `Visa •••• 4242 was declined (insufficient funds). You weren’t charged.` Applies R14.7. */
export function describeFailure(code: string, card: Named | null): string {
  const otherwise = OTHERWISE[code];
  if (otherwise !== undefined) return otherwise;
  const reason = REASONS[code];
  const name = card === null ? 'The card' : formatCard(card);
  return `${name} was declined${reason === undefined ? '' : ` (${reason})`}. You weren’t charged.`;
}
