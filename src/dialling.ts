/**
 * How numbers are dialled from a country's offices: what goes before a number abroad, and the zero that only calls inside
 * a country have. From the numbering plans; a test compares both with libphonenumber, country by country.
 */

/** Most of the world, and what the ITU recommends. */
const USUAL = /^00/;
/**
 * Where it is something else, alone or beside 00. Countries whose own prefix cannot be taken for it take 00 as well, as
 * switches elsewhere write it.
 */
const ABROAD = new Map<string, RegExp>(
  (
    [
      ['US CA AG AI AS BB BM BS DM DO GD GU JM KN KY LC MH MP MS PR SX TC TT VC VG VI', '011|00'],
      ['BY KZ RU TJ TM', '810|00'],
      ['CU', '119|00'],
      ['AU CC CX', '001[14-689]|14(?:1[14]|34|4[17]|[56]6|7[47]|88)0011'],
      ['AX FI', '00|99(?:[01469]|5(?:[14]1|3[23]|5[59]|77|88|9[09]))'],
      ['BO', '00(?:1\\d)?'],
      ['BR', '00(?:1[245]|2[1-35]|31|4[13]|[56]5|99)'],
      ['CL', '(?:0|1(?:1[0-69]|2[02-5]|5[13-58]|69|7[0167]|8[018]))0'],
      ['CN', '00|1(?:[12]\\d|79)\\d\\d00'],
      ['CO', '00(?:4(?:[14]4|56)|[579])'],
      ['CV WS', '0'],
      ['FJ', '0(?:0|52)'],
      ['GY MN', '001'],
      ['HK', '00(?:30|5[09]|[126-9]?)'],
      ['ID', '00[89]'],
      ['IL', '0(?:0|1(?:05|[2-9]))'],
      ['IS', '00|1(?:0(?:01|[12]0)|100)'],
      ['JP', '010'],
      ['KE', '000'],
      ['KH', '00[14-9]'],
      ['KP', '00|99'],
      ['KR', '00(?:[125689]|3(?:[46]5|91)|7(?:00|27|3|55|6[126]))'],
      ['MU', '0(?:0|[24-7]0|3[03])'],
      ['MV', '0(?:0|19)'],
      ['MX', '0[09]'],
      ['NG', '009'],
      ['NZ', '0(?:0|161)'],
      ['PE', '00|19(?:1[124]|77|90)00'],
      ['PG', '00|140[1-3]'],
      ['PW', '01[12]'],
      ['SB', '0[01]'],
      ['SC', '010|0[0-2]'],
      ['SG', '0[0-3]\\d'],
      ['SI', '00|10(?:22|66|88|99)'],
      ['TD', '00|16'],
      ['TH', '00[1-9]'],
      ['TW', '0(?:0[25-79]|19)'],
      ['TZ', '00[056]'],
      ['UG', '00[057]'],
      ['UY', '0(?:0|1[3-9]\\d)'],
    ] as const
  ).flatMap(([countries, pattern]) =>
    countries.split(' ').map((country) => [country, new RegExp(`^(?:${pattern})`)] as const),
  ),
);

/**
 * Calling codes whose numbers never begin with 0, while calls inside the country do: the zero of `+44 (0)20 …` and of
 * `+44 020 …` is no part of the number. Italy, for one, is not among them: its zero is.
 */
const TRUNK_ZERO = new RegExp(
  `^\\+(${(
    '20 27 31 32 33 40 41 43 44 46 49 51 53 54 55 58 60 61 63 64 84 86 90 92 93 94 95 98 211 212 213 218 231 232 233 ' +
      '234 243 249 251 252 254 255 256 260 261 262 263 264 265 291 353 355 358 370 373 374 375 377 380 381 382 383 385 386 ' +
      '387 389 421 423 508 590 591 593 594 595 596 686 850 855 856 880 886 961 962 963 964 966 967 970 971 972 976 977 994 ' +
      '995 996'
  ).replaceAll(' ', '|')})0`,
);

/**
 * Digits as dialled from a country (ISO 3166 alpha-2), in international form: `011442079460000` is `+442079460000` from
 * the US, and no number abroad from the UK. Null where they do not begin with the way abroad.
 */
export function dialledAbroad(digits: string, country: string): string | null {
  const [prefix] = (ABROAD.get(country) ?? USUAL).exec(digits) ?? [];
  return prefix === undefined ? null : `+${digits.slice(prefix.length)}`;
}

/** An international number without the zero that is only dialled inside its country. */
export function withoutTrunkZero(number: string): string {
  return number.replace(TRUNK_ZERO, '+$1');
}
