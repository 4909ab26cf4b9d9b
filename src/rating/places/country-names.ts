import { isCountry } from './places.ts';

/** Names that rate decks use and the tables of languages do not. */
const ALIASES: Readonly<Record<string, string>> = {
  UK: 'GB',
  'GREAT BRITAIN': 'GB',
  USA: 'US',
  'UNITED STATES OF AMERICA': 'US',
  'UNITED ARAB EMIRATES': 'AE',
  UAE: 'AE',
  TURKEY: 'TR',
  'CZECH REPUBLIC': 'CZ',
  'IVORY COAST': 'CI',
  'SOUTH KOREA': 'KR',
  'NORTH KOREA': 'KP',
  MACEDONIA: 'MK',
  MOLDOVA: 'MD',
  SWAZILAND: 'SZ',
  BURMA: 'MM',
  MYANMAR: 'MM',
  'HONG KONG': 'HK',
  MACAU: 'MO',
  MACAO: 'MO',
  PALESTINE: 'PS',
  RUSSIA: 'RU',
  'CAPE VERDE': 'CV',
};

let byName: ReadonlyMap<string, string> | undefined;

/** The country of two letters or of an English name, null for anything else. */
export function countryNamed(text: string): string | null {
  const name = text.trim().toUpperCase();
  if (isCountry(name)) return name;
  return countries().get(plainName(text)) ?? null;
}

/** The country whose name a text begins with (`France - Mobile`), null where it begins with none. */
export function findCountryName(text: string): string | null {
  const words = plainName(text).split(' ');
  for (let count = Math.min(words.length, MAX_WORDS); count > 0; count -= 1) {
    const code = countries().get(words.slice(0, count).join(' '));
    if (code !== undefined) return code;
  }
  return null;
}

const MAX_WORDS = 6;

/** Letters alone: people write `Guinea Bissau` and `Guinea-Bissau`. */
function plainName(text: string): string {
  return text
    .toUpperCase()
    .replace(/&/g, ' AND ')
    .split(/[^\p{L}'’]+/u)
    .filter((word) => word !== '')
    .join(' ');
}

function countries(): ReadonlyMap<string, string> {
  byName ??= new Map([...listNames(), ...Object.entries(ALIASES)]);
  return byName;
}

function listNames(): [name: string, code: string][] {
  const names = new Intl.DisplayNames('en', { type: 'region' });
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  const codes = letters.flatMap((first) => letters.map((second) => `${first}${second}`)).filter(isCountry);
  return codes.map((code) => [plainName(names.of(code) ?? code), code]);
}
