import { describe, expect, it } from 'vitest';
import { isChallenge, isNeverTriedAgain, NEVER_RETRIED_CODES } from '../../../src/billing/orders/declines.ts';
import { describeFailure } from '../../../src/slack/copy/declines.ts';
import { ADVICE_CODES, DECLINE_CODES } from '../../../src/stand-ins/local-processor/decline-codes.ts';

const VISA = { brand: 'visa', last4: '4242' };

describe('a bank’s answer', () => {
  it('is sorted by its code: never again, ask the holder, or try later, each of the documented codes in one', () => {
    const retried = DECLINE_CODES.filter((code) => {
      const failure = { code, adviceCode: null };
      return !isNeverTriedAgain(failure) && !isChallenge(failure);
    });
    expect(retried.toSorted()).toEqual([
      'approve_with_id',
      'call_issuer',
      'card_velocity_exceeded',
      'currency_not_supported',
      'do_not_honor',
      'duplicate_transaction',
      'generic_decline',
      'incorrect_cvc',
      'insufficient_funds',
      'invalid_amount',
      'issuer_not_available',
      'new_account_information_available',
      'no_action_taken',
      'not_permitted',
      'processing_error',
      'reenter_transaction',
      'service_not_allowed',
      'try_again_later',
      'withdrawal_count_limit_exceeded',
    ]);
    expect([...NEVER_RETRIED_CODES].filter((code) => !DECLINE_CODES.some((known) => known === code))).toEqual(
      [],
    );
  });

  it('is never tried again where the bank advises against it, whatever the code', () => {
    const against = ADVICE_CODES.filter((adviceCode) =>
      DECLINE_CODES.every((code) => isNeverTriedAgain({ code, adviceCode })),
    );
    expect(against).toEqual(['confirm_card_data', 'do_not_try_again']);
    expect(isChallenge({ code: 'authentication_required', adviceCode: 'do_not_try_again' })).toBe(false);
  });

  it('is said with its reason, except where the card was reported', () => {
    expect(describeFailure('insufficient_funds', VISA)).toBe(
      'Visa •••• 4242 was declined (insufficient funds). You weren’t charged.',
    );
    for (const code of ['lost_card', 'stolen_card', 'pickup_card', 'fraudulent'])
      expect(describeFailure(code, VISA)).toBe('Visa •••• 4242 was declined. You weren’t charged.');
  });

  it('is not what people read where the processor refused the request', () => {
    expect(describeFailure('processor_refused', VISA)).toBe(
      'We couldn’t reach your card. You weren’t charged. Your provider has been told.',
    );
  });
});
