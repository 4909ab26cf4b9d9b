import examples from 'libphonenumber-js/examples.mobile.json' with { type: 'json' };
import { getCountries, getExampleNumber } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { countryOf, formatPrefix, isTollFree, licenceOf } from '../../../src/rating/index.ts';

describe('where a number is at home', () => {
  it('agrees with the numbering plans on a number of every country', () => {
    const wrong = getCountries().flatMap((country) => {
      const number = getExampleNumber(country, examples)?.number;
      const found = number === undefined ? country : countryOf(number, 'DE');
      return found === country ? [] : [`${number} of ${country} taken for ${found}`];
    });
    expect(wrong.filter((each) => !/ of (BL|CC|CX|GG|IM|JE|MF|SJ|TA|VA|AX|AC|EH|MA) /.test(each))).toEqual(
      [],
    );
  });

  it.each([
    ['+14155550100', 'US'],
    ['+14165550100', 'CA'],
    ['+18095550100', 'DO'],
    ['+18765550100', 'JM'],
    ['+17875550100', 'PR'],
    ['+12425550100', 'BS'],
    ['+77012345678', 'KZ'],
    ['+79161234567', 'RU'],
    ['+441534960000', 'JE'],
    ['+8816123456', null],
  ])('%s', (number, country) => {
    expect(countryOf(number, 'US')).toBe(country);
  });

  it('toll-free numbers of +1 are the caller’s own, where the caller has +1', () => {
    expect(['US', 'CA', 'JM', 'GB'].map((office) => countryOf('+18005550100', office))).toEqual([
      'US',
      'CA',
      'JM',
      'US',
    ]);
  });

  it('toll-free numbers are told', () => {
    expect(['+18005550100', '+18885550100', '+448001234567', '+80012345678'].filter(isTollFree)).toHaveLength(
      4,
    );
    expect(['+14155550100', '+442079460000', '+19005550100'].filter(isTollFree)).toEqual([]);
  });

  it('prefixes are written with their country code apart', () => {
    expect(['1', '1415', '4420', '358', '35840', ''].map(formatPrefix)).toEqual([
      '+1',
      '+1 415',
      '+44 20',
      '+358',
      '+358 40',
      'any number',
    ]);
  });
});

describe('licences as others write them', () => {
  it.each([
    ['agents', 'sell'],
    ['support', 'support'],
    ['lite_support_agents', 'support'],
    ['admins', 'talk'],
    ['Talk', 'talk'],
    ['nobody', null],
  ])('licence %s', (code, licence) => {
    expect(licenceOf(code)).toBe(licence);
  });
});
