import { randomInt } from 'node:crypto';
import type { Kind } from './objects.ts';

/** How each kind's ids begin, and the words error messages use for it. */
export const OBJECT_KINDS: Record<Kind, { prefix: string; words: string }> = {
  customer: { prefix: 'cus_', words: 'customer' },
  payment_method: { prefix: 'pm_', words: 'PaymentMethod' },
  payment_intent: { prefix: 'pi_', words: 'payment_intent' },
  charge: { prefix: 'ch_', words: 'charge' },
  refund: { prefix: 're_', words: 'refund' },
  dispute: { prefix: 'du_', words: 'dispute' },
  early_fraud_warning: { prefix: 'issfr_', words: 'early fraud warning' },
  setup_intent: { prefix: 'seti_', words: 'setupintent' },
  checkout_session: { prefix: 'cs_test_', words: 'checkout.session' },
  invoice: { prefix: 'in_', words: 'invoice' },
  invoiceitem: { prefix: 'ii_', words: 'invoiceitem' },
  invoice_payment: { prefix: 'inpay_', words: 'invoice payment' },
  event: { prefix: 'evt_', words: 'event' },
  webhook_endpoint: { prefix: 'we_', words: 'webhook_endpoint' },
};

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** `length` unguessable letters and digits. */
export function randomLetters(length: number): string {
  return Array.from({ length }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}

/** A fresh, unguessable id of its kind, e.g. `pi_3Qa…`. */
export function newId(kind: Kind): string {
  return `${OBJECT_KINDS[kind].prefix}${randomLetters(kind === 'checkout_session' ? 58 : 24)}`;
}

/** The kind an id belongs to by its first letters, if any. */
export function kindOf(id: string): Kind | undefined {
  return (Object.keys(OBJECT_KINDS) as Kind[]).find((kind) => id.startsWith(OBJECT_KINDS[kind].prefix));
}

/** An unguessable secret for the holder of an intent, as its browser would get it. */
export function newClientSecret(intentId: string): string {
  return `${intentId}_secret_${randomLetters(25)}`;
}
