import { type Difference, formatReference } from '../../billing/index.ts';
import { formatDollars, fromMicros } from '../../money.ts';

/** A difference in a line: what it is about, what differs, and what to do. */
export function describeDifference(difference: Difference, companyName: string | null): string {
  const { orderId, intentId, refundId, disputeId } = difference;
  const what = [
    companyName,
    orderId === null ? null : formatReference({ id: orderId }),
    refundId ?? disputeId ?? intentId,
  ];
  return `${what.filter((each) => each !== null).join('  ')}  ${SENTENCES[difference.kind](difference)}`;
}

const dollarsOf = (micros: string | null): string =>
  micros === null ? 'nothing' : formatDollars(fromMicros(BigInt(micros)));
const plain = (word: string | null): string => (word ?? 'unknown').replaceAll('_', ' ');

const SENTENCES: Record<Difference['kind'], (difference: Difference) => string> = {
  'payment-without-order': ({ there }) =>
    `${dollarsOf(there)} was paid, and the order that its reference names is not in this database. Find out whose it is; refund it at the card processor.`,
  'payment-not-credited': ({ here, there }) =>
    here === 'declined' || here === 'abandoned'
      ? `${dollarsOf(there)} was paid for an order that is closed unpaid (${here}). Look at refill order show; refund the payment at the card processor.`
      : `${dollarsOf(there)} was paid, and the order is not credited yet (${plain(here)}). Check that a worker runs; see refill order show.`,
  'order-paid-twice': ({ here, there }) =>
    `${dollarsOf(there)} was paid besides ${here ?? 'the payment'} that settled the order. Refund this one at the card processor.`,
  'order-without-payment': ({ here, there, intentId }) =>
    `${dollarsOf(here)} was credited, and ${
      intentId === null
        ? 'no payment of it is recorded'
        : there === null
          ? `the card processor does not know ${intentId}`
          : `its payment ${intentId} is ${plain(there)} at the card processor`
    }. Check that STRIPE_SECRET_KEY is that of the same account; else take the credits back (refill credit deduct).`,
  'amount-differs': ({ here, there }) =>
    `The order is ${dollarsOf(here)}, and ${dollarsOf(there)} was paid. Refund what is too much, or correct the credits (refill credit grant, deduct).`,
  'currency-differs': ({ there }) =>
    `The order is in USD, and it was paid in ${(there ?? '').toUpperCase()}. Refund it at the card processor.`,
  'customer-differs': ({ here, there }) =>
    `It was paid by customer ${there ?? 'none'}, and the company is ${here ?? 'no customer'} at the card processor. Find out whose card it was.`,
  'check-not-refunded': () =>
    'The charge of a card check is not refunded, though the check is over. Refund it at the card processor.',
  'refund-missing-here': ({ there }) =>
    `${dollarsOf(there)} was refunded at the card processor, and no credits were taken back. The sweep posts it within 15 minutes; if it stays, check that a worker runs.`,
  'refund-missing-there': ({ here }) =>
    `Credits were taken back for a refund of ${dollarsOf(here)} that the card processor does not know. Give them back (refill credit grant).`,
  'refund-amount-differs': ({ here, there }) =>
    `The refund is ${dollarsOf(here)} here and ${dollarsOf(there)} at the card processor. Correct the credits (refill credit grant, deduct).`,
  'refund-state-differs': ({ here, there }) =>
    `The refund is ${plain(here)} here and ${plain(there)} at the card processor. The sweep follows it within a day; if it stays, check that a worker runs.`,
  'refund-not-made': ({ here }) =>
    `A refund of ${dollarsOf(here)} was asked for, and the card processor gave no answer. Run the same refill order refund again: nothing is refunded twice.`,
  'dispute-missing-here': ({ there }) =>
    `${dollarsOf(there)} is disputed, and the books do not know it. The sweep finds it within 15 minutes; if it stays, check that a worker runs.`,
  'dispute-missing-there': ({ here }) =>
    `The books have a dispute of ${dollarsOf(here)} that the card processor does not know. Check that STRIPE_SECRET_KEY is that of the same account.`,
  'dispute-amount-differs': ({ here, there }) =>
    `The dispute is about ${dollarsOf(here)} here and ${dollarsOf(there)} at the card processor. Correct the credits (refill credit grant, deduct).`,
  'dispute-state-differs': ({ here, there }) =>
    `The dispute is ${plain(here)} here and ${plain(there)} at the card processor. The sweep follows it within a day; if it stays, check that a worker runs.`,
};
