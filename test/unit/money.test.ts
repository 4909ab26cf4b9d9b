import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dollars,
  floorToCents,
  formatBalance,
  formatDollars,
  fromCents,
  fromMicros,
  type Money,
  parseDollars,
  roundToCents,
  shareCents,
  toCents,
  toMicros,
} from '../../src/money.ts';

describe('a typed amount', () => {
  it.each([
    ['50', '50'],
    ['$50', '50'],
    [' $ 50.5 ', '50.5'],
    ['$1,000.00', '1000'],
    ['1,234,567.89', '1234567.89'],
    ['５０', '50'],
    ['＄５０．２５', '50.25'],
    ['US$50', '50'],
    ['50.00 USD', '50'],
    ['0.01', '0.01'],
  ])('%s is understood as %s', (text, expected) => {
    expect(parseDollars(text)).toEqual({ amount: dollars(expected) });
  });

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['$', 'empty'],
    ['0', 'not-positive'],
    ['0.00', 'not-positive'],
    ['-5', 'not-positive'],
    ['−5', 'not-positive'],
    ['-$5', 'not-positive'],
    ['1e9', 'not-a-number'],
    ['abc', 'not-a-number'],
    ['12.', 'not-a-number'],
    ['.5', 'not-a-number'],
    ['1,00', 'not-a-number'],
    ['10,00.00', 'not-a-number'],
    ['Infinity', 'not-a-number'],
    ['0x10', 'not-a-number'],
    ['99999999999', 'not-a-number'],
    ['12.345', 'too-precise'],
  ])('%s is refused: %s', (text, fault) => {
    expect(parseDollars(text)).toEqual({ fault });
  });
});

describe('a balance in cents', () => {
  it.each([
    ['75.249999', '$75.24'],
    ['75.24', '$75.24'],
    ['0.009', '$0.00'],
    ['-0.0001', '−$0.01'],
    ['-3.201', '−$3.21'],
    ['-3.2', '−$3.20'],
  ])('%s is shown as %s: never more to spend, never less owed than there is', (amount, shown) => {
    expect(formatBalance(dollars(amount))).toBe(shown);
  });

  it('is whole cents where sums are made of it', () => {
    expect(floorToCents(dollars('17.3999')).toFixed()).toBe('17.39');
  });
});

describe('money', () => {
  it('survives the database and the card processor unchanged', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (micros) => {
        expect(toMicros(fromMicros(micros))).toBe(micros);
      }),
    );
    fc.assert(
      fc.property(fc.maxSafeInteger(), (cents) => {
        expect(toCents(fromCents(cents))).toBe(cents);
      }),
    );
  });

  it('is never rounded silently', () => {
    expect(() => toMicros(dollars('0.0000001'))).toThrow(RangeError);
    expect(() => toCents(dollars('0.001'))).toThrow(RangeError);
    expect(() => dollars('NaN')).toThrow(RangeError);
  });

  it.each([
    ['0', 2, '$0.00'],
    ['1234.5', 2, '$1,234.50'],
    ['-3.2', 2, '−$3.20'],
    ['-0.001', 2, '$0.00'],
    ['1234567.891', 2, '$1,234,567.89'],
    ['0.008', 4, '$0.0080'],
  ])('%s reads, with %i decimals, as %s', (text, decimals, expected) => {
    expect(formatDollars(dollars(text), decimals)).toBe(expected);
  });
});

describe('parts in whole cents', () => {
  const micros = fc.bigInt({ min: -2_000_000n, max: 2_000_000n }).map(fromMicros);
  const sum = (parts: readonly Money[]) => parts.reduce((all, part) => all.plus(part), dollars('0'));

  it('add up to their total however it was rounded, none a cent or more from what it is', () => {
    fc.assert(
      fc.property(fc.array(micros, { maxLength: 9 }), fc.boolean(), (parts, isBalance) => {
        const total = (isBalance ? floorToCents : roundToCents)(sum(parts));
        const shown = shareCents(parts, total);
        expect(sum(shown).toFixed()).toBe(total.toFixed());
        for (const [index, part] of parts.entries())
          expect(shown[index]?.minus(part).abs().lessThan('0.01')).toBe(true);
      }),
    );
  });

  it('give the cents that are missing to those that lost most by rounding down, and leave whole cents alone', () => {
    const parts = ['50', '-0.005', '1.009', '1.006'].map(dollars);
    expect(shareCents(parts, dollars('52.01')).map(String)).toEqual(['50', '-0.01', '1.01', '1.01']);
    expect(shareCents([], dollars('0'))).toEqual([]);
  });
});
