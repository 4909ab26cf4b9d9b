import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileDeck, type DeckRow, rateTraffic } from '../../../src/rating/index.ts';
import { call } from '../../support/rating.ts';
import { priceByReference } from '../../support/reference-rating.ts';

/** Few digits, so that prefixes and numbers meet; none begins like an American number, which could be free. */
const digits = (size: { minLength: number; maxLength: number }) =>
  fc.array(fc.constantFrom('2', '3', '4'), size).map((all) => all.join(''));
const price = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 99_999_999 }))
  .map(([whole, fraction]) => `${whole}.${String(fraction).padStart(8, '0')}`);
const seconds = fc.constantFrom(1, 6, 7, 30, 60);

const row: fc.Arbitrary<DeckRow> = fc.record({
  kind: fc.constant('call' as const),
  licence: fc.constant(null),
  direction: fc.constantFrom('inbound' as const, 'outbound' as const, null),
  origin: fc.constantFrom('US', 'GB', null),
  prefix: digits({ minLength: 0, maxLength: 5 }),
  destination: fc.constant(''),
  rate: price,
  firstSeconds: seconds,
  nextSeconds: seconds,
  fee: fc.oneof(fc.constant('0'), price),
  isBlocked: fc.constant(false),
});
const rows = fc.uniqueArray(row, {
  maxLength: 40,
  selector: ({ direction, origin, prefix }) => `${direction} ${origin} ${prefix}`,
});
const calls = fc
  .record({
    externalNumber: digits({ minLength: 8, maxLength: 12 }).map((number) => `+${number}`),
    direction: fc.constantFrom('inbound' as const, 'outbound' as const),
    officeCountry: fc.constantFrom('US', 'GB', 'FR'),
    durationMs: fc.oneof(
      fc.integer({ min: 0, max: 400_000 }),
      fc.double({ min: 0, max: 8_000_000, noNaN: true }),
      fc.integer({ min: 0, max: 120 }).map((whole) => whole * 1000),
    ),
  })
  .map((facts) => call(facts));

const rate = (deck: readonly DeckRow[], traffic: ReturnType<typeof call>) => {
  const rated = rateTraffic(compileDeck({ effectiveAt: null, rows: [...deck] }), traffic);
  return rated.outcome === 'unrated'
    ? null
    : { cost: rated.cost.toFixed(4), billedSeconds: rated.billedSeconds, prefix: rated.prefix };
};

describe('rating, whatever the deck and the call', () => {
  it('equals a slow and obvious version', () => {
    fc.assert(
      fc.property(rows, calls, (deck, traffic) => {
        expect(rate(deck, traffic)).toEqual(priceByReference(deck, traffic));
      }),
      { numRuns: 3_000 },
    );
  });

  it('a longer call is never cheaper', () => {
    fc.assert(
      fc.property(rows, calls, fc.integer({ min: 0, max: 300_000 }), (deck, traffic, more) => {
        const shorter = rate(deck, traffic);
        const longer = rate(deck, { ...traffic, durationMs: traffic.durationMs + more });
        expect(Number(longer?.cost ?? 0)).toBeGreaterThanOrEqual(Number(shorter?.cost ?? 0));
      }),
      { numRuns: 500 },
    );
  });

  it('the order of the rows changes nothing', () => {
    const shuffled = rows.chain((deck) =>
      fc.tuple(fc.constant(deck), fc.shuffledSubarray(deck, { minLength: deck.length })),
    );
    fc.assert(
      fc.property(shuffled, calls, ([deck, other], traffic) => {
        expect(rate(other, traffic)).toEqual(rate(deck, traffic));
      }),
      { numRuns: 500 },
    );
  });

  it('a row split into its ten longer ones costs the same', () => {
    fc.assert(
      fc.property(rows, fc.nat(), calls, (deck, place, traffic) => {
        const split = deck[place % Math.max(deck.length, 1)];
        const taken = new Set(
          deck.map(({ direction, origin, prefix }) => `${direction} ${origin} ${prefix}`),
        );
        const parts =
          split === undefined
            ? []
            : [...'0123456789']
                .map((digit) => ({ ...split, prefix: `${split.prefix}${digit}` }))
                .filter(({ direction, origin, prefix }) => !taken.has(`${direction} ${origin} ${prefix}`));
        // A row for both gives way to one of the direction at the same prefix: split only what nothing else touches.
        fc.pre(
          split !== undefined && deck.every((other) => other === split || other.prefix !== split.prefix),
        );
        fc.pre(deck.every((other) => !parts.some((part) => part.prefix === other.prefix)));
        const after = rate([...deck.filter((other) => other !== split), ...parts], traffic);
        expect(after?.cost).toBe(rate(deck, traffic)?.cost);
      }),
      { numRuns: 500 },
    );
  });
});
