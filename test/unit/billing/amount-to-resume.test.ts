import { expect, it } from 'vitest';
import { amountToResume } from '../../../src/billing/index.ts';
import { dollars } from '../../../src/money.ts';

it.each([
  // credits less debt and holds, level, room, amount, what stays overdrawn
  ['-12.40', '5', '1000', '17.40', '0'],
  ['-12.400001', '5', '1000', '17.41', '0'],
  ['-0.50', '1', '1000', '5.00', '0'],
  ['2', '5', '1000', '5.00', '0'],
  ['-1200', '5', '1000', '1000.00', '200'],
  ['-12.40', '5', '10.009', '10.00', '2.4'],
])('%s below %s with room for %s: add %s, %s stays overdrawn', (freeGeneral, level, room, amount, short) => {
  const wallet = { freeGeneral: dollars(freeGeneral) };
  const limits = { level: dollars(level), min: dollars('5'), room: dollars(room) };
  const found = amountToResume(wallet, limits);
  expect([found?.amount.toFixed(2), found?.short.toString()]).toEqual([amount, short]);
});

it('is nothing where not even the smallest purchase fits', () => {
  const limits = { level: dollars('5'), min: dollars('5'), room: dollars('4.99') };
  expect(amountToResume({ freeGeneral: dollars('-12.40') }, limits)).toBeNull();
});
