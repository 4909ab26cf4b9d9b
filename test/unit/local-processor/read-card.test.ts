import { describe, expect, it } from 'vitest';
import { isPlausible, readCard } from '../../../src/stand-ins/local-processor/pages/read-card.ts';

const now = new Date('2026-11-23T12:00:00Z');
const good = { number: '4242 4242 4242 4242', expiry: '12 / 28', cvc: '123' };

function faultsOf(change: Partial<typeof good>): unknown {
  const result = readCard({ ...good, ...change }, now);
  return 'faults' in result ? result.faults : 'none';
}

describe('reading the card page', () => {
  it.each(['12 / 28', '12/28', '1228', '12/2028', '122028', '11/26', '１２/２８'])(
    'takes the expiry %s',
    (expiry) => {
      expect(faultsOf({ expiry })).toBe('none');
    },
  );

  it.each([
    ['', 'Enter the card number.'],
    ['4242 4242', 'This card number is too short.'],
    ['4242 4242 4242 4242 4242 42', 'This card number is too long.'],
    ['4242 4242 4242 4241', 'This card number is not valid. Check it digit by digit.'],
    ['4242 4242 4242 424x', 'A card number has digits only.'],
    ['4111 1111 1111 1111', 'This is not one of the test numbers. Please never type a real card here.'],
  ])('says on the field what is wrong with the number "%s"', (number, fault) => {
    expect(faultsOf({ number })).toEqual({ number: fault });
  });

  it.each([
    ['', 'Enter the expiry date.'],
    ['soon', 'Enter month and year, like 12 / 34.'],
    ['13 / 28', 'The month is 01 to 12.'],
    ['10 / 26', 'This card has expired.'],
    ['12 / 2099', 'The year is too far ahead.'],
  ])('says on the field what is wrong with the expiry "%s"', (expiry, fault) => {
    expect(faultsOf({ expiry })).toEqual({ expiry: fault });
  });

  it('asks for three digits of security code, four of American Express', () => {
    expect(faultsOf({ cvc: '' })).toEqual({ cvc: 'Enter the security code.' });
    expect(faultsOf({ cvc: '12' })).toEqual({ cvc: 'The security code has 3 digits.' });
    expect(faultsOf({ number: '378282246310005', cvc: '123' })).toEqual({
      cvc: 'The security code has 4 digits.',
    });
    expect(faultsOf({ number: '378282246310005', cvc: '1234' })).toBe('none');
  });

  it('tells everything that is wrong at once', () => {
    expect(Object.keys(faultsOf({ number: '', expiry: '', cvc: '' }) as object)).toEqual([
      'number',
      'expiry',
      'cvc',
    ]);
  });

  it('knows what could be a real number, so that it is never shown again', () => {
    expect(isPlausible('4111-1111 1111 1111')).toBe(true);
    expect(isPlausible('4242 4242 4242 4242')).toBe(false);
    expect(isPlausible('4242 4242 4242 4241')).toBe(false);
  });
});
