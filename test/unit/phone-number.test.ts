import examples from 'libphonenumber-js/examples.mobile.json' with { type: 'json' };
import { getCountries, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { isE164, isSenderName, isShortCode, readParty, readPhoneNumber } from '../../src/phone-number.ts';
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

  it('means the same where a call is rated', () => {
    const rated = (externalNumber: string) => rateTraffic(null, call({ externalNumber }));
    expect(rated('+123456')).toMatchObject({ outcome: 'unrated', reason: 'bad-number' });
    expect(rated('+1234567')).not.toMatchObject({ reason: 'bad-number' });
  });
});

describe('a party of a call or text', () => {
  it.each(['911', '112', '22395', '123456'])('%s is a short code, of no country', (code) => {
    expect(readParty(code)).toEqual({ number: code });
    expect([isShortCode(code), isE164(code), isSenderName(code)]).toEqual([true, false, false]);
    expect(readPhoneNumber(code)).toEqual({ fault: expect.stringContaining('is a short code') });
  });

  it.each(['12', '1234567', '12 34', '(415) 555'])('%s is none', (text) => {
    expect(readParty(text)).toHaveProperty('fault');
  });

  it('withheld words on a keypad are no number of the country that they seem to be of', () => {
    const keys = (word: string) =>
      [...word]
        .map((letter) => '22233344455566677778889999'['abcdefghijklmnopqrstuvwxyz'.indexOf(letter)])
        .join('');
    const words = ['anonymous', 'restricted', 'blocked', 'unknown', 'unavailable', 'private', 'withheld'];
    for (const word of words) {
      const spelt = `+${keys(word)}`;
      expect([word, readParty(spelt)]).toEqual([word, { number: null }]);
      expect([word, parsePhoneNumberFromString(spelt)?.isValid() ?? false]).toEqual([word, false]);
    }
    // NOCALLERID would be a number of Bangkok, and 7378742833 with its country code one of Austin.
    expect(readParty('+6622553743')).toEqual({ number: '+6622553743' });
    expect(readParty('+17378742833')).toEqual({ number: '+17378742833' });
  });

  it('what was put together from pieces has to be a number of +1 where it begins so', () => {
    expect(readParty('+1 415 555 0100 22')).toHaveProperty('fault');
    expect(readParty('+1 100 555 0100')).toHaveProperty('fault');
    expect(readParty('+1 415 555 0100')).toEqual({ number: '+14155550100' });
  });
});
