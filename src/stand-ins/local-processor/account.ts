import { z } from 'zod';
import { SECOND_MS } from '../../durations.ts';

/** How the seller's account is set up, and how its banks behave, as far as a payment depends on it. */
const accountSettings = z.strictObject({
  /**
   * How a refund begins: `Refund.status` of the SDK. Most cards' are `succeeded` at once, some banks' are `pending`, and
   * `requires_action` is the only one that may be canceled (`RefundResource.cancel`).
   */
  refundsBegin: z.enum(['succeeded', 'pending', 'requires_action']),
  /**
   * The smallest charge in cents. 50 in US dollars; more where the account settles in a currency of which it would be
   * worth less than that currency's minimum (docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).
   */
  smallestCharge: z.int().min(50),
  /** Whether the account may add a suffix to what statements show; some countries' may not. */
  takesSuffix: z.boolean(),
  /** How long a payment that settles late stays in processing, by the one clock. */
  processingMs: z.int().min(0),
});
export type AccountSettings = z.output<typeof accountSettings>;

/** Only what is to be otherwise. */
export const accountChange = accountSettings.partial();
export type AccountChange = z.output<typeof accountChange>;

export const ORDINARY_ACCOUNT: AccountSettings = {
  refundsBegin: 'succeeded',
  smallestCharge: 50,
  takesSuffix: true,
  processingMs: 10 * SECOND_MS,
};

/** The account after a change. */
export function changeAccount(account: AccountSettings, change: AccountChange): AccountSettings {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  return accountSettings.parse({ ...account, ...Object.fromEntries(given) });
}
