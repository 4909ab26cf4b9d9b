import examples from 'libphonenumber-js/examples.mobile.json' with { type: 'json' };
import { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { numberCell } from '../../src/csv.ts';
import { isE164, readPhoneNumber } from '../../src/phone-number.ts';
import { rateTraffic } from '../../src/rating/index.ts';
import { call } from '../support/rating.ts';

describe('a phone number as others write it', () => {
  it.each([
    ['+44 (0)20 7946-0000', '+442079460000'],
    ['0044 20 7946 0000', '+442079460000'],
    ['tel:+1-415-555-0100', '+14155550100'],
    ['＋１４１５５５５０１００', '+14155550100'],
    ['blocked', null],
    ['', null],
  ])('%s is read', (text, number) => {
    expect(readPhoneNumber(text)).toEqual({ number });
  });

  it.each(['4155550100', '+0123456789', '12', 'Ana', '+4420794600001234567', '+1415x55', '+123456'])(
    '%s is refused in words',
    (text) => {
      expect(readPhoneNumber(text)).toEqual({ fault: expect.stringMatching(/write it like \+14155550100$/) });
    },
  );

  it('is read of every country, however the numbering plans write it', () => {
    const countries = getCountries();
    expect(countries.length).toBeGreaterThan(200);
    for (const country of countries) {
      const example = getExampleNumber(country, examples);
      if (example === undefined) continue;
      const { number } = example;
      const written = [number, example.formatInternational(), example.getURI()];
      // From Germany the way abroad is 00; within a country's own plan there is none to write.
      if (example.country !== 'DE') written.push(example.format('IDD', { fromCountry: 'DE' }));
      for (const text of written) expect([text, readPhoneNumber(text)]).toEqual([text, { number }]);
    }
  });
});

describe('E.164', () => {
  it('is a plus and seven to fifteen digits that do not begin with 0', () => {
    const numbers = [
      '+1234567',
      '+123456789012345',
      '+123456',
      '+1234567890123456',
      '+0123456789',
      '14155550100',
    ];
    expect(numbers.filter(isE164)).toEqual(['+1234567', '+123456789012345']);
  });

  it('means the same where a call is rated and where a number becomes a cell', () => {
    const rated = (externalNumber: string) => rateTraffic(null, call({ externalNumber }));
    expect(rated('+123456')).toMatchObject({ outcome: 'unrated', reason: 'bad-number' });
    expect(rated('+1234567')).not.toMatchObject({ reason: 'bad-number' });
    expect(['+123456', '+1234567'].map(numberCell)).toEqual(["'+123456", '+1234567']);
  });
});
