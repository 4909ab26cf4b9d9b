import type { CreditKind, DayByDay, Explanation, PastBalance } from '../../../ledger/index.ts';
import { dollars, floorToCents, type Money, shareCents } from '../../../money.ts';

/**
 * A balance history in whole cents, as it is shown (R24.6). Balances are rounded down; what came in or went out is the difference
 * between the balances shown before and after it; the parts of an amount add up to it.
 */
export function daysInCents(found: DayByDay): DayByDay {
  const [opening, closing] = [balanceInCents(found.opening), balanceInCents(found.closing)];
  const [moneyIn = dollars('0'), moneyOut = dollars('0')] = shareCents(
    [found.moneyIn, found.moneyOut.negated()],
    closing.balance.minus(opening.balance),
  );
  const dayTotals = new Map(
    [...found.dayTotals].map(([day, total]) => [
      day,
      change(found.dayEnds.get(day) ?? found.closing.balance, total),
    ]),
  );
  return {
    ...found,
    opening,
    closing,
    moneyIn,
    moneyOut: moneyOut.negated(),
    dayTotals,
    lines: [...dayTotals].flatMap(([day, total]) => linesInCents(found, day, total)),
  };
}

/** The lines of a day; what of it stands on another page counts as one more. */
function linesInCents(found: DayByDay, day: string, total: Money): DayByDay['lines'] {
  const lines = found.lines.filter((line) => line.day === day);
  const elsewhere = lines.reduce(
    (rest, { amount }) => rest.minus(amount),
    found.dayTotals.get(day) ?? dollars('0'),
  );
  const amounts = shareCents([...lines.map(({ amount }) => amount), elsewhere], total);
  return lines.map((line, index) => {
    const amount = amounts[index] ?? line.amount;
    return { ...line, amount, parts: partsInCents(line.parts, amount) };
  });
}

/** The entries of a day: each amount is what it did to the balance that is shown after it. */
export function entriesInCents(found: Explanation): Explanation {
  return {
    ...found,
    opening: balanceInCents(found.opening),
    closing: balanceInCents(found.closing),
    entries: found.entries.map((entry) => {
      const amount = change(entry.balanceAfter, entry.amount);
      const shown = shareCents(
        entry.parts.map((part) => part.amount),
        amount,
      );
      const parts = entry.parts.map((part, index) => ({ ...part, amount: shown[index] ?? part.amount }));
      return {
        ...entry,
        amount,
        balanceAfter: floorToCents(entry.balanceAfter),
        // What comes to less than a cent still names its credits.
        parts: parts.every((part) => part.amount.isZero()) ? entry.parts : parts,
      };
    }),
  };
}

/** What an amount did to a balance, both as they are shown. */
function change(after: Money, amount: Money): Money {
  return floorToCents(after).minus(floorToCents(after.minus(amount)));
}

function balanceInCents(of: PastBalance): PastBalance {
  const balance = floorToCents(of.balance);
  const [general = of.general, calling = of.calling, ai = of.ai, callDebt, aiDebt] = shareCents(
    [of.general, of.calling, of.ai, of.debt.calls.negated(), of.debt.ai.negated()],
    balance,
  );
  return {
    ...of,
    balance,
    general,
    calling,
    ai,
    debt: { calls: (callDebt ?? of.balance).negated(), ai: (aiDebt ?? of.balance).negated() },
  };
}

function partsInCents(
  parts: Record<CreditKind | 'debt', Money>,
  total: Money,
): Record<CreditKind | 'debt', Money> {
  const { general, calling, ai, debt } = parts;
  const shown = shareCents([general, calling, ai, debt], total);
  if (shown.every((part) => part.isZero())) return parts;
  return {
    general: shown[0] ?? general,
    calling: shown[1] ?? calling,
    ai: shown[2] ?? ai,
    debt: shown[3] ?? debt,
  };
}
