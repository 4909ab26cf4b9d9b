import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import examples from 'libphonenumber-js/examples.mobile.json' with { type: 'json' };
import {
  type CountryCode,
  getCountries,
  getExampleNumber,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isE164, readParty } from '../../../src/phone-number.ts';
import { countryOf, isTollFree } from '../../../src/rating/index.ts';

/** Of each pattern of each region's plan so many numbers are drawn; the same ones each time. */
const DRAWN = { numRuns: 20, seed: 7 };
/** Places of a region's description in the library's metadata. */
const [CODE_AT, ABROAD_AT, TYPES_AT] = [0, 1, 11];

const plans = z
  .object({ countries: z.record(z.string(), z.array(z.unknown())) })
  .parse(JSON.parse(readFileSync('node_modules/libphonenumber-js/metadata.max.json', 'utf8'))).countries;
const patternsOf = z
  .array(z.union([z.literal(0), z.tuple([z.string()]).rest(z.unknown())]).optional())
  .default([])
  .transform((types) => types.flatMap((type) => (type === undefined || type === 0 ? [] : type[0] || [])));

/** Numbers of a region that its plan calls valid: the library's example, and some of each kind. */
function numbersOf(region: CountryCode): PhoneNumber[] {
  const plan = plans[region] ?? [];
  const drawn = patternsOf
    .parse(plan[TYPES_AT])
    .flatMap((pattern) => fc.sample(fc.stringMatching(new RegExp(`^(?:${pattern})$`)), DRAWN))
    .map((national) => parsePhoneNumberFromString(`+${plan[CODE_AT]}${national}`));
  return [getExampleNumber(region, examples), ...drawn].filter(
    (number): number is PhoneNumber => number?.isValid() === true,
  );
}

/**
 * Where we differ from the numbering plans on purpose. Prefixes of rates end at an area or an exchange, and so does what
 * we know of places: what differs below that is priced alike.
 */
const DECIDED: Readonly<Record<string, string>> = {
  'AU FIXED_LINE: country CC':
    'the islands share exchanges of five digits with Western Australia, at its prices',
  'AU FIXED_LINE: country CX': 'the same',
  'CC FIXED_LINE: country AU': 'the same',
  'CX FIXED_LINE: country AU': 'the same',
  'AX MOBILE: country FI': 'mobiles of the main country’s plan, at its prices',
  'BL MOBILE: country GP': 'the same',
  'MF MOBILE: country GP': 'the same',
  'CC MOBILE: country AU': 'the same',
  'CX MOBILE: country AU': 'the same',
  'EH MOBILE: country MA': 'the same',
  'IM MOBILE: country GB': 'the same',
  'SJ MOBILE: country NO': 'the same',
  'VA MOBILE: country IT': 'the same',
  'MA FIXED_LINE: country EH': 'single exchanges of one numbering plan, priced as Morocco’s',
  'YT VOIP: country RE': 'the plan names both for +262 9; decks have one row for it',
  'GG PREMIUM_RATE: country GB': 'premium numbers of +44 belong to no island alone',
  'CA UAN: country US': 'numbers of seven digits after +1, which nobody abroad can dial',
  'DO TOLL_FREE: country US': 'numbers of +1 800 are of all countries of +1: the caller’s own, or the US’s',
  'DO TOLL_FREE: not toll-free':
    'single exchanges inside an area code; a line of the company says what it is',
  'BS TOLL_FREE: not toll-free': 'the same',
  'TT TOLL_FREE: not toll-free': 'the same',
  'CN FIXED_LINE: toll-free': 'toll-free but for the last digits, in which it differs',
  'NZ PREMIUM_RATE: toll-free': 'the plan splits 508 by its sixth digit; nearly all of it is toll-free',
  'WF VOICEMAIL: toll-free': 'the voicemail’s own numbers stand among the toll-free ones',
};

describe('numbers of every region, drawn from its numbering plan', () => {
  const regions = getCountries().map((region) => ({ region, numbers: numbersOf(region) }));
  const all = regions.flatMap(({ numbers }) => numbers);

  it('are as many as the plans have kinds of', () => {
    expect(regions.filter(({ numbers }) => numbers.length === 0)).toEqual([]);
    expect(all.length).toBeGreaterThan(20_000);
  });

  it('have the country and are toll-free as the plans say, but for what is decided otherwise', () => {
    const differences = new Map<string, string>();
    for (const plan of all) {
      const [kind, isFree] = [`${plan.country} ${plan.getType()}`, plan.getType() === 'TOLL_FREE'];
      const country = countryOf(plan.number, 'DE');
      if (country !== plan.country) differences.set(`${kind}: country ${country}`, plan.number);
      if (isTollFree(plan.number) !== isFree)
        differences.set(`${kind}: ${isFree ? 'not toll-free' : 'toll-free'}`, plan.number);
    }
    const undecided = [...differences].filter(([kind]) => !(kind in DECIDED));
    expect(undecided).toEqual([]);
    expect(Object.keys(DECIDED).filter((kind) => !differences.has(kind))).toEqual([]);
  });

  it('are read as what they are, in each form that the plans write and with an extension', () => {
    const misread = regions.flatMap(({ region, numbers: [plan] }) => {
      if (plan === undefined) return [];
      const forms = [
        plan.number,
        plan.formatInternational(),
        plan.getURI(),
        `sip:${plan.number}@carrier.example`,
      ];
      forms.push(`${plan.formatInternational()} ext. 12`, `${plan.getURI()};ext=12`);
      return forms
        .map((form) => ({ region, form, read: readParty(form) }))
        .filter(({ read }) => !('number' in read) || read.number !== plan.number);
    });
    expect(misread).toEqual([]);
  });

  it('are read as dialled abroad from every region, by its own prefix and by no other', () => {
    const fromGermany = getExampleNumber('DE', examples)?.number ?? '';
    const misread = regions.flatMap(({ region }) => {
      const prefix = z.string().parse(plans[region]?.[ABROAD_AT]);
      const called = region === 'DE' ? '+33123456789' : fromGermany;
      return fc.sample(fc.stringMatching(new RegExp(`^(?:${prefix})$`)), DRAWN).flatMap((abroad) => {
        const read = readParty(`${abroad}${called.slice(1)}`, { countryOf: () => region });
        const plan = parsePhoneNumberFromString(`${abroad}${called.slice(1)}`, region)?.number;
        return plan === called && 'number' in read && read.number === called
          ? []
          : [{ region, abroad, plan, read }];
      });
    });
    expect(misread.filter(({ plan, read }) => !('number' in read) || read.number !== plan)).toEqual([]);
    const sheffield = readParty('011442079460000', { countryOf: () => 'GB' });
    expect(sheffield).toEqual({ fault: expect.stringContaining('has no country code') });
  });

  it('have no zero behind the calling code where no number of the plan begins with one', () => {
    const withZero = new Set(
      all
        .filter(({ nationalNumber }) => nationalNumber.startsWith('0'))
        .map(({ countryCallingCode }) => countryCallingCode),
    );
    const misread = all.flatMap((plan) => {
      const code = plan.countryCallingCode;
      const written = `+${code}0${plan.nationalNumber}`;
      const isTheSame = parsePhoneNumberFromString(written)?.number === plan.number;
      const read = readParty(written);
      const isRead = 'number' in read && read.number === plan.number;
      const isWrong = withZero.has(code) ? isRead : isTheSame && !isRead;
      return isWrong && isE164(plan.number) && isE164(written) ? [`+${code}`] : [];
    });
    // Colombia’s zero is followed by a carrier’s digit, and so is no zero of a number.
    expect([...new Set(misread)]).toEqual(['+57']);
  });
});
