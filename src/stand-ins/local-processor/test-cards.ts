import { createHash } from 'node:crypto';
import type { Card } from './objects.ts';

/** What a card does; chosen by its test number. */
export type CardRule =
  | 'approve'
  | 'decline'
  | 'insufficient-funds'
  | 'expired'
  | 'incorrect-cvc'
  | 'processing-error'
  | 'lost'
  | 'stolen'
  | 'decline-later'
  | 'authenticate-once'
  | 'authenticate-always'
  | 'authenticate-then-decline'
  | 'timeout-after-charge'
  | 'timeout-before-charge'
  | 'settle-late'
  | 'dispute';

/** One number that may be typed on the card page, and the token that names it through the API. */
export interface TestCard {
  number: string;
  token: string;
  brand: string;
  rule: CardRule;
  /** What happens, in a few words, as the card page lists it. */
  says: string;
}

/** The documented test numbers, and three of our own (the last three) for what a network does to a payment. */
export const TEST_CARDS: readonly TestCard[] = [
  { number: '4242424242424242', token: 'pm_card_visa', brand: 'visa', rule: 'approve', says: 'approved' },
  {
    number: '5555555555554444',
    token: 'pm_card_mastercard',
    brand: 'mastercard',
    rule: 'approve',
    says: 'approved',
  },
  {
    number: '378282246310005',
    token: 'pm_card_amex',
    brand: 'amex',
    rule: 'approve',
    says: 'approved (4-digit security code)',
  },
  {
    number: '4000000000000341',
    token: 'pm_card_chargeCustomerFail',
    brand: 'visa',
    rule: 'decline-later',
    says: 'saved, but every charge is declined',
  },
  {
    number: '4000002500003155',
    token: 'pm_card_authenticationRequiredOnSetup',
    brand: 'visa',
    rule: 'authenticate-once',
    says: 'your bank asks you once, now',
  },
  {
    number: '4000002760003184',
    token: 'pm_card_authenticationRequired',
    brand: 'visa',
    rule: 'authenticate-always',
    says: 'your bank asks you at every payment',
  },
  {
    number: '4000008260003178',
    token: 'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
    brand: 'visa',
    rule: 'authenticate-then-decline',
    says: 'your bank asks you, then declines: insufficient funds',
  },
  {
    number: '4000000000000259',
    token: 'pm_card_createDispute',
    brand: 'visa',
    rule: 'dispute',
    says: 'charged, and disputed at once',
  },
  {
    number: '4000000000000002',
    token: 'pm_card_chargeDeclined',
    brand: 'visa',
    rule: 'decline',
    says: 'declined',
  },
  {
    number: '4000000000009995',
    token: 'pm_card_chargeDeclinedInsufficientFunds',
    brand: 'visa',
    rule: 'insufficient-funds',
    says: 'declined: insufficient funds',
  },
  {
    number: '4000000000000069',
    token: 'pm_card_chargeDeclinedExpiredCard',
    brand: 'visa',
    rule: 'expired',
    says: 'declined: the card has expired',
  },
  {
    number: '4000000000000127',
    token: 'pm_card_chargeDeclinedIncorrectCvc',
    brand: 'visa',
    rule: 'incorrect-cvc',
    says: 'declined: wrong security code',
  },
  {
    number: '4000000000000119',
    token: 'pm_card_chargeDeclinedProcessingError',
    brand: 'visa',
    rule: 'processing-error',
    says: 'declined: the bank could not process it',
  },
  {
    number: '4000000000009987',
    token: 'pm_card_visa_chargeDeclinedLostCard',
    brand: 'visa',
    rule: 'lost',
    says: 'declined: reported lost',
  },
  {
    number: '4000000000009979',
    token: 'pm_card_visa_chargeDeclinedStolenCard',
    brand: 'visa',
    rule: 'stolen',
    says: 'declined: reported stolen',
  },
  {
    number: '4000000000006603',
    token: 'pm_card_timeoutAfterCharge',
    brand: 'visa',
    rule: 'timeout-after-charge',
    says: 'charged, but the answer never arrives',
  },
  {
    number: '4000000000007700',
    token: 'pm_card_timeoutBeforeCharge',
    brand: 'visa',
    rule: 'timeout-before-charge',
    says: 'no charge and no answer',
  },
  {
    number: '4000000000008807',
    token: 'pm_card_settleLate',
    brand: 'visa',
    rule: 'settle-late',
    says: 'processing for 10 seconds, then paid',
  },
];

/** The test card with this number, digits only. */
export function findByNumber(number: string): TestCard | undefined {
  return TEST_CARDS.find((card) => card.number === number);
}

/** The test card that this API token names, e.g. `pm_card_visa`. */
export function findByToken(token: string): TestCard | undefined {
  return TEST_CARDS.find((card) => card.token === token);
}

/** The Luhn check, which catches any single mistyped digit. */
export function passesLuhn(number: string): boolean {
  const sum = [...number].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return number !== '' && sum % 10 === 0;
}

/** The `card` field of a payment method. The same number always has the same fingerprint; the number itself is not kept. */
export function describeCard(card: TestCard, expiry: { month: number; year: number }): Card {
  return {
    brand: card.brand,
    display_brand: card.brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: 'US',
    exp_month: expiry.month,
    exp_year: expiry.year,
    fingerprint: createHash('sha256')
      .update(`card ${card.number}`)
      .digest('base64url')
      .replace(/[-_]/g, '0')
      .slice(0, 16),
    funding: 'credit',
    generated_from: null,
    last4: card.number.slice(-4),
    networks: { available: [card.brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}
