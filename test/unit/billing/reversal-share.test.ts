import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shareOverLines, shareToReverse } from '../../../src/billing/reversals/reversal-share.ts';

/** What each of these parts of a payment takes, one after the other. */
function take(paid: bigint, credited: bigint, parts: readonly bigint[]): bigint[] {
  let givenBack = 0n;
  let taken = 0n;
  return parts.map((part) => {
    const share = shareToReverse({ paid, credited, givenBack, taken }, part);
    givenBack += part;
    taken += share;
    return share;
  });
}

it('parts that complete a payment take exactly what it credited, however it divides', () => {
  for (const credited of [1n, 2n, 70_010_000n, 99_999_999n])
    for (const parts of [[333n, 333n, 334n], [1n, 999n], [500n, 500n], [1000n], [999n, 1n]]) {
      const taken = take(1000n, credited, parts);
      expect(taken.reduce((sum, share) => sum + share, 0n)).toBe(credited);
      expect(taken.every((share) => share >= 0n)).toBe(true);
    }
});

it('a part is taken in proportion, half up to the micro-dollar', () => {
  expect(take(1000n, 1001n, [500n])).toEqual([501n]);
  expect(take(60_000_000n, 70_010_000n, [20_000_000n])).toEqual([23_336_667n]);
});

it('never more is taken than is left, whatever is given back besides', () => {
  expect(take(1000n, 100n, [900n, 1000n, 500n])).toEqual([90n, 10n, 0n]);
  // Many small parts that each round up.
  expect(
    take(
      1000n,
      10n,
      Array.from({ length: 12 }, () => 50n),
    ).reduce((sum, one) => sum + one),
  ).toBe(10n);
});

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
const microdollars = (most: number) => fc.bigInt({ min: 1n, max: BigInt(most) });

it('what is taken of lines is for each their part of it to a micro-dollar a line, and exactly it in sum', () => {
  fc.assert(
    fc.property(
      fc.array(microdollars(2_000_000_000), { minLength: 1, maxLength: 12 }),
      // Partial refunds, in cents, of a payment of the same amount.
      fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 12 }),
      (credited, cents) => {
        const all = sum(credited);
        const taken = credited.map(() => 0n);
        for (const part of [...cents.map((each) => BigInt(each) * 10_000n), all]) {
          const amount = part < all - sum(taken) ? part : all - sum(taken);
          const shares = shareOverLines(
            credited.map((own, i) => ({ credited: own, taken: taken[i] ?? 0n })),
            amount,
          );
          expect(sum(shares)).toBe(amount);
          for (const [i, share] of shares.entries()) taken[i] = (taken[i] ?? 0n) + share;
          for (const [i, share] of shares.entries()) {
            expect(share).toBeGreaterThanOrEqual(0n);
            expect(taken[i]).toBeLessThanOrEqual(credited[i] ?? 0n);
            // Less than a micro-dollar off; one more for each other line that had given before what it was to give by now.
            const off = (taken[i] ?? 0n) * all - (credited[i] ?? 0n) * sum(taken);
            const bound = BigInt(Math.max(2, credited.length)) * all;
            expect(off < bound && off > -bound).toBe(true);
          }
        }
        // What completes the payment takes all that is left of each.
        expect(taken).toEqual(credited);
      },
    ),
    // Lines of a single micro-dollar that round up before their time.
    {
      numRuns: 200,
      examples: [
        [
          [1_871_736_684n, 1n, 1n, 488_203_948n],
          [10_265, 2_938, 19_449, 4, 1],
        ],
      ],
    },
  );
});

it('the last line gives the rest', () => {
  const lines = [10_000_000n, 10_000_000n, 10_000_000n].map((credited) => ({ credited, taken: 0n }));
  expect(shareOverLines(lines, 10_000_000n)).toEqual([3_333_333n, 3_333_334n, 3_333_333n]);
  expect(shareOverLines(lines.slice(1), 10_000_001n)).toEqual([5_000_001n, 5_000_000n]);
});

it('a line that gave less or more before, as a refund that failed was given back, is made even', () => {
  const lines = [
    { credited: 100n, taken: 60n },
    { credited: 100n, taken: 0n },
  ];
  expect(shareOverLines(lines, 20n)).toEqual([0n, 20n]);
  expect(shareOverLines(lines, 140n)).toEqual([40n, 100n]);
  expect(shareOverLines([...lines].reverse(), 20n)).toEqual([20n, 0n]);
});
