import { isTimeZone } from './calendar.ts';

/** A zone by its region; `isOldName` where the text has another name for it, as `US/Pacific`. */
export type ReadZone = { zone: string; isOldName: boolean } | { fault: string };

const AREA = /^(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)\//;
/** How many abbreviations and offsets are written: `EST`, `GMT+1`, `+05:30`, `Etc/GMT-8`. */
const OFFSET = /^(?:(?:Etc\/)?(?:GMT|UTC)\s*)?[+-]\d{1,2}(?::?\d{2})?$|^Etc\//i;

/**
 * Abbreviations mean several zones (BST is in London and in Dhaka) or one without summer time (EST is Panama's), so they
 * are refused; the region that is probably meant helps to type the right one. First the one that most mean, then those of
 * other countries.
 */
const PROBABLE = new Map<string, string[]>(
  `EST America/New_York CA:America/Toronto AU:Australia/Sydney PA:America/Panama JM:America/Jamaica
EDT America/New_York CA:America/Toronto AU:Australia/Sydney
CST America/Chicago CA:America/Winnipeg MX:America/Mexico_City CN:Asia/Shanghai CU:America/Havana AU:Australia/Adelaide
CDT America/Chicago CA:America/Winnipeg CU:America/Havana
MST America/Denver CA:America/Edmonton MY:Asia/Kuala_Lumpur MM:Asia/Yangon
MDT America/Denver CA:America/Edmonton
PST America/Los_Angeles CA:America/Vancouver PH:Asia/Manila PK:Asia/Karachi
PDT America/Los_Angeles CA:America/Vancouver
AKST America/Anchorage
AKDT America/Anchorage
HST Pacific/Honolulu
AST America/Halifax PR:America/Puerto_Rico BB:America/Barbados SA:Asia/Riyadh BH:Asia/Bahrain KW:Asia/Kuwait QA:Asia/Qatar
ADT America/Halifax BM:Atlantic/Bermuda
NST America/St_Johns
NDT America/St_Johns
GMT Europe/London IE:Europe/Dublin PT:Europe/Lisbon GH:Africa/Accra IS:Atlantic/Reykjavik
BST Europe/London BD:Asia/Dhaka
WET Europe/Lisbon
WEST Europe/Lisbon
CET Europe/Berlin FR:Europe/Paris ES:Europe/Madrid IT:Europe/Rome NL:Europe/Amsterdam BE:Europe/Brussels AT:Europe/Vienna CH:Europe/Zurich PL:Europe/Warsaw SE:Europe/Stockholm NO:Europe/Oslo DK:Europe/Copenhagen CZ:Europe/Prague
CEST Europe/Berlin FR:Europe/Paris ES:Europe/Madrid IT:Europe/Rome NL:Europe/Amsterdam BE:Europe/Brussels AT:Europe/Vienna CH:Europe/Zurich PL:Europe/Warsaw SE:Europe/Stockholm NO:Europe/Oslo DK:Europe/Copenhagen CZ:Europe/Prague
MET Europe/Berlin
EET Europe/Athens FI:Europe/Helsinki RO:Europe/Bucharest UA:Europe/Kyiv BG:Europe/Sofia EG:Africa/Cairo
EEST Europe/Athens FI:Europe/Helsinki RO:Europe/Bucharest UA:Europe/Kyiv BG:Europe/Sofia
MSK Europe/Moscow
TRT Europe/Istanbul
IST Asia/Kolkata IE:Europe/Dublin IL:Asia/Jerusalem
PKT Asia/Karachi
GST Asia/Dubai
SAST Africa/Johannesburg
EAT Africa/Nairobi
WAT Africa/Lagos
CAT Africa/Maputo
ICT Asia/Bangkok VN:Asia/Ho_Chi_Minh
WIB Asia/Jakarta
SGT Asia/Singapore
SST Asia/Singapore AS:Pacific/Pago_Pago
MYT Asia/Kuala_Lumpur
PHT Asia/Manila
HKT Asia/Hong_Kong
JST Asia/Tokyo
KST Asia/Seoul
AWST Australia/Perth
ACST Australia/Adelaide
ACDT Australia/Adelaide
AEST Australia/Sydney
AEDT Australia/Sydney
NZST Pacific/Auckland
NZDT Pacific/Auckland
BRT America/Sao_Paulo
ART America/Argentina/Buenos_Aires
CLT America/Santiago
COT America/Bogota
PET America/Lima
ET America/New_York CA:America/Toronto
CT America/Chicago CA:America/Winnipeg
MT America/Denver CA:America/Edmonton
PT America/Los_Angeles CA:America/Vancouver`
    .split('\n')
    .map((line): [string, string[]] => {
      const [abbreviation = '', ...zones] = line.split(' ');
      return [abbreviation, zones];
    }),
);

/**
 * Reads a time zone by its region, as `America/New_York`, or UTC. What is none is refused with the region that it probably
 * means in the country (ISO 3166 alpha-2): an abbreviation, a fixed offset, a city.
 */
export function readTimeZone(text: string, country: string | null = null): ReadZone {
  const key = `${country} ${text}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const read = readAnew(text.trim(), country);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(key, read);
  return read;
}

/** A file names the same few zones in each of its rows. */
const remembered = new Map<string, ReadZone>();
const MAX_REMEMBERED = 500;

function readAnew(typed: string, country: string | null): ReadZone {
  if (isTimeZone(typed) && (typed === 'UTC' || AREA.test(typed))) return { zone: typed, isOldName: false };
  const known = resolve(typed);
  if (isTimeZone(typed) && known !== null && !/^Etc\//.test(typed)) return { zone: known, isOldName: true };
  const why = OFFSET.test(typed) ? 'is an offset, which knows no summer time' : 'is not a region';
  return { fault: `"${typed.slice(0, 60)}" ${why}${suggest(typed, country)}` };
}

/** The region that is probably meant in the country; where that is not known, a few others by their countries beside it. */
function suggest(typed: string, country: string | null): string {
  const [usual, ...others] = PROBABLE.get(typed.toUpperCase()) ?? [];
  const ofCountry = others.find((each) => each.startsWith(`${country}:`))?.slice(3);
  const elsewhere = others.slice(0, MAX_OTHERS).map((each) => each.replace(':', ': '));
  const probable = ofCountry ?? usual ?? cityNamed(typed);
  if (probable === null) return ', like America/New_York';
  return country === null && elsewhere.length > 0
    ? ` (${elsewhere.join(', ')}). ${probable}?`
    : `. ${probable}?`;
}

const MAX_OTHERS = 3;

function cityNamed(typed: string): string | null {
  if (OFFSET.test(typed) || typed === '') return null;
  const name = typed.replace(/\s+/g, '_');
  const known = resolve(name);
  if (known !== null && AREA.test(known)) return known;
  const city = `/${name.toLowerCase()}`;
  return Intl.supportedValuesOf('timeZone').find((zone) => zone.toLowerCase().endsWith(city)) ?? null;
}

/** The zone's present name, whatever the case; null for what names none. */
function resolve(name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}
