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
 * Applies R16.4.
 */
export function shareToReverse({ paid, credited, givenBack, taken }: PaymentTaken, amount: bigint): bigint {
  const remaining = credited - taken;
  if (givenBack + amount >= paid) return remaining;
  const share = (2n * credited * amount + paid) / (2n * paid);
  return share < remaining ? share : remaining;
}

/** A line of a payment's credit, with what was taken of it so far. Micro-dollars. */
export interface LineTaken {
  credited: bigint;
  taken: bigint;
}

/**
 * Shares what is taken of a credit over its lines, in proportion to what each credited (R16): by all that has been taken
 * then, so that rounding never adds up; of the lines up to each their part, half up to the micro-dollar, so that the last
 * one gives the rest. No line gives more than is left of it, nor less than nothing. `amount` is at most what is left of all.
 * Applies R16.4a.
 */
export function shareOverLines(lines: readonly LineTaken[], amount: bigint): bigint[] {
  const credited = lines.reduce((sum, line) => sum + line.credited, 0n);
  const total = lines.reduce((sum, line) => sum + line.taken, amount);
  let upTo = 0n;
  let due = 0n;
  /** What lines before could not give, or gave before already. */
  let carried = 0n;
  const shares = lines.map((line) => {
    upTo += line.credited;
    const dueThen = (2n * upTo * total + credited) / (2n * credited);
    const wanted = dueThen - due - line.taken + carried;
    due = dueThen;
    const share = clamp(wanted, 0n, line.credited - line.taken);
    carried = wanted - share;
    return { share, left: line.credited - line.taken - share };
  });
  return shares.map(({ share, left }) => {
    const more = clamp(carried, -share, left);
    carried -= more;
    return share + more;
  });
}

function clamp(value: bigint, least: bigint, most: bigint): bigint {
  if (value < least) return least;
  return value > most ? most : value;
}
