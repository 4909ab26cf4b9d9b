/** What a payment brought, and what refunds and lost disputes of it have taken so far. Micro-dollars. */
export interface PaymentTaken {
  paid: bigint;
  /** A bundle may credit more than its price. */
  credited: bigint;
  /** How much of the payment was given back, and how much of its credit was taken for that. */
  givenBack: bigint;
  taken: bigint;
}

/**
 * How much of a credit is taken where so much more of its payment is given back: in proportion, half up to the
 * micro-dollar, and all that remains where the payment is given back whole; never more than remains (R16).
 */
export function shareToReverse({ paid, credited, givenBack, taken }: PaymentTaken, amount: bigint): bigint {
  const remaining = credited - taken;
  if (givenBack + amount >= paid) return remaining;
  const share = (2n * credited * amount + paid) / (2n * paid);
  return share < remaining ? share : remaining;
}
