/**
 * Makes places.json: which country a number belongs to, and whether it is toll-free, by the digits it begins with.
 * Numbers are drawn from the numbering plans' own patterns (libphonenumber's metadata), country by country, and the
 * shortest beginnings that distinguish them are kept. Run it with `npm run rating:places` after an update of the library.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { z } from 'zod';

const NUMBERS_OF_A_PATTERN = 3_000;
/** Beginnings longer than these distinguish single exchanges: no deck does. Without the calling code. */
const MAX_COUNTRY_DIGITS = 5;
const MAX_TOLL_FREE_DIGITS = 4;
/** Places of a country's description in the metadata, see libphonenumber-js/source/metadata.js. */
const LEADING_DIGITS_AT = 10;
const TYPES_AT = 11;
const MOBILE_AT = 1;
const TOLL_FREE_AT = 2;
/** An area code of +1 in use in this many countries belongs to none: toll-free, premium, personal numbers. */
const SHARED_BY = 4;
const AREA_CODE_LENGTH = 3;
/** An area code is in use where a number of one of these exchanges may be a landline. */
const EXCHANGES = Array.from({ length: 80 }, (_, at) => String(200 + 10 * at + (at % 10)));

const metadata = z
  .object({
    country_calling_codes: z.record(z.string(), z.array(z.string())),
    countries: z.record(z.string(), z.array(z.unknown())),
    nonGeographic: z.record(z.string(), z.unknown()),
  })
  .parse(
    JSON.parse(
      readFileSync(createRequire(import.meta.url).resolve('libphonenumber-js/metadata.max.json'), 'utf8'),
    ),
  );
const typesOf = z.array(z.union([z.literal(0), z.tuple([z.string()]).rest(z.unknown())]).optional());

/** Digits without the calling code, and what they say: `GB`, or `GB!` where toll-free. */
type Sample = [national: string, label: string];

/**
 * Numbers of a country. Where a calling code has several countries, a lesser one's are the landlines and mobiles
 * that only it can have; all others are the main one's, but for +1, whose countries have them in common.
 */
function samplesOf(country: string, place: number, code: string): Sample[] {
  const description = metadata.countries[country] ?? [];
  const types = typesOf.parse(description[TYPES_AT] ?? []);
  const leading = z.string().safeParse(description[LEADING_DIGITS_AT]);
  const own = new RegExp(`^(?:${place > 0 && leading.success ? leading.data : ''})`);
  const found = types.flatMap((type, kind) => {
    if (type === undefined || type === 0 || type[0] === '') return [];
    if (kind > MOBILE_AT && place > 0 && code !== '1') return [];
    return draw(type[0], kind === TOLL_FREE_AT ? `${country}!` : country);
  });
  const general = z.string().parse(description[2]);
  const all = found.length > 0 ? found : draw(general, country);
  return code === '1' ? all : all.filter(([national]) => own.test(national));
}

function draw(pattern: string, label: string): Sample[] {
  return fc
    .sample(fc.stringMatching(new RegExp(`^(?:${pattern})$`)), { numRuns: NUMBERS_OF_A_PATTERN, seed: 1 })
    .map((national) => [national, label]);
}

/** What a beginning says: where it is mixed, the calling code's main country, and toll-free where most of it is. */
function decide(samples: readonly Sample[], main: string, depth: number): string {
  const countries = new Set(samples.map(([, label]) => label.slice(0, 2)));
  const isTollFree = samples.filter(([, label]) => label.endsWith('!')).length * 2 > samples.length;
  if (countries.size >= SHARED_BY && depth >= AREA_CODE_LENGTH) return isTollFree ? 'shared!' : 'shared';
  const [first = main] = countries;
  return `${countries.has(main) ? main : first}${isTollFree ? '!' : ''}`;
}

function isSplit(samples: readonly Sample[], depth: number, prefix: string): boolean {
  if (prefix.startsWith('1')) return depth >= AREA_CODE_LENGTH;
  const labels = new Set(samples.map(([, label]) => label));
  const countries = new Set([...labels].map((label) => label.slice(0, 2)));
  return (
    labels.size === 1 ||
    depth >= MAX_COUNTRY_DIGITS ||
    (countries.size === 1 && depth >= MAX_TOLL_FREE_DIGITS)
  );
}

/** Adds to `places` what must be said about the beginnings under `prefix`, where `inherited` is already said. */
function split(
  places: Record<string, string>,
  node: { prefix: string; depth: number; samples: readonly Sample[]; inherited: string; main: string },
): void {
  const { prefix, depth, samples, inherited, main } = node;
  const label = decide(samples, main, depth);
  const isPlain = isSplit(samples, depth, prefix);
  const said = isPlain ? label : inherited;
  if (said !== inherited) places[prefix] = said;
  if (isPlain) return;
  for (let digit = 0; digit <= 9; digit += 1) {
    const below = samples.filter(([national]) => national[depth] === String(digit));
    if (below.length > 0)
      split(places, {
        prefix: `${prefix}${digit}`,
        depth: depth + 1,
        samples: below,
        inherited: said,
        main,
      });
  }
}

const places: Record<string, string> = {};
for (const [code, countries] of Object.entries(metadata.country_calling_codes)) {
  const [main = ''] = countries;
  places[code] = main;
  const samples = countries.flatMap((country, place) => samplesOf(country, place, code));
  for (let digit = 0; digit <= 9; digit += 1) {
    const below = samples.filter(([national]) => national[0] === String(digit));
    if (below.length > 0)
      split(places, { prefix: `${code}${digit}`, depth: 1, samples: below, inherited: main, main });
  }
}
for (const code of Object.keys(metadata.nonGeographic)) places[code] = code === '800' ? 'none!' : 'none';

// Area codes of +1 begin with 2 to 9: what begins otherwise is nobody's, and no local call of an office there.
for (const digit of ['0', '1']) places[`1${digit}`] = 'none';

/** Area codes of +1 that are in use somewhere: those that the patterns of landlines allow. */
function listAreaCodes(): string[] {
  const patterns = (metadata.country_calling_codes['1'] ?? []).flatMap((country) => {
    const [landline] = typesOf.parse((metadata.countries[country] ?? [])[TYPES_AT] ?? []);
    return landline === undefined || landline === 0 ? [] : [new RegExp(`^(?:${landline[0]})$`)];
  });
  const all = Array.from({ length: 800 }, (_, at) => String(200 + at));
  return all.filter((code) =>
    EXCHANGES.some((exchange) => patterns.some((pattern) => pattern.test(`${code}${exchange}1234`))),
  );
}

const byLabel: Record<string, string[]> = {};
for (const prefix of Object.keys(places).sort()) {
  const label = places[prefix] ?? '';
  byLabel[label] = [...(byLabel[label] ?? []), prefix];
}
const callingCodes = [
  ...Object.keys(metadata.country_calling_codes),
  ...Object.keys(metadata.nonGeographic),
].sort();
const lines = Object.keys(byLabel)
  .sort()
  .map((label) => `    "${label}": "${(byLabel[label] ?? []).join(' ')}"`);
writeFileSync(
  new URL('../data/places.json', import.meta.url),
  `{\n  "callingCodes": "${callingCodes.join(' ')}",\n  "areaCodes": "${listAreaCodes().join(' ')}",\n  "places": {\n${lines.join(',\n')}\n  }\n}\n`,
);
