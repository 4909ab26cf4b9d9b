import { expect, it } from 'vitest';
import { shareToReverse } from '../../../src/billing/reversals/reversal-share.ts';

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
