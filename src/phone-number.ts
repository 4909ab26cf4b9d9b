import { dialledAbroad, withoutTrunkZero } from './dialling.ts';

/**
 * What a number in writing comes to: E.164, a short code's digits or a sender's name; null where it is withheld; or what is
 * wrong with it. What cannot be read is a fault, never withheld: a withheld call has a price of its own.
 */
export type ReadPhoneNumber = { number: string | null } | { fault: string };

export interface NumberContext {
  /** Country of the office (ISO 3166 alpha-2), which decides how calls abroad begin; asked only where that matters. */
  countryOf?: (() => string) | undefined;
  /** It is the sender of a text, which may be a name. */
  mayBeName?: boolean;
}

/**
 * The one meaning of E.164 here. The standard ends at 15 digits and names no least; the shortest numbers that are
 * dialled from abroad (Niue, Saint Helena) have 7 with their country code, and fewer are a part of a number.
 */
const E164 = /^\+[1-9]\d{6,14}$/;
/**
 * Every number of +1 has ten digits more, the first from 2 to 9. Asked of what was put together from pieces alone: a network
 * may send anything as a caller's number, and then that is what called.
 */
const NOT_OF_PLUS_1 = /^\+1(?![2-9]\d{9}$)/;
/** Short codes of texts, and emergency and service numbers: 911, 112, 22395. */
const SHORT_CODE = /^\d{3,6}$/;
/** Names that senders of texts have instead of numbers: at most 11 characters, a letter among them. */
const SENDER_NAME = /^(?=.*\p{L})[\p{L}\p{N}][\p{L}\p{N} ._&+!'’-]{0,10}$/u;
/** What programs and spreadsheets write where they have no name. */
const NO_NAME = /^(?:null|undefined|nan|none|nil|na|true|false|\d+(?:[.,]\d+)?e[+-]?\d+)$/i;

const WITHHELD_WORDS = 'blocked anonymous restricted private unknown withheld unavailable'.split(' ');
/** As phone systems say that a number is withheld, in letters alone. */
const WITHHELD = new Set([
  ...['', 'hidden', 'unlisted', 'suppressed', 'unidentified', 'notavailable', 'outofarea', 'nonumber'],
  ...['nocallerid', 'calleridwithheld', 'calleridblocked', 'calleridunavailable', 'privatename'],
  ...WITHHELD_WORDS,
  ...WITHHELD_WORDS.flatMap((word) => [`${word}number`, `number${word}`, `${word}caller`, `${word}callerid`]),
]);
const KEYPAD = '22233344455566677778889999';
/**
 * The same words typed on a telephone's keys: networks send +266696687, which is no number of Lesotho but ANONYMOUS. Each
 * is too short or too long for a number of the country that it seems to be of (a test compares).
 */
const SPELT = new Set(
  WITHHELD_WORDS.map((word) => [...word].map((letter) => KEYPAD[letter.charCodeAt(0) - 97]).join('')),
);

/** True for a number as the books keep it: a plus, the country code, seven to fifteen digits in all. */
export function isE164(number: string): boolean {
  return E164.test(number);
}

/** True for the digits of a short code: it has no country of its own, and is priced as of the office's. */
export function isShortCode(number: string): boolean {
  return SHORT_CODE.test(number);
}

/** True for the name of a text's sender, which is priced like a short code. */
export function isSenderName(number: string): boolean {
  return SENDER_NAME.test(number) && !isShortCode(number);
}

/**
 * Reads a number that has a country, as people and phone systems write it: `+44 (0)20 7946-0000`, `0044 20…`, `tel:+1…`,
 * `blocked`. Without a country code it could be anybody's: refused rather than guessed; so are short codes and extensions.
 * Applies R18.4.
 *
 * Read by hand: a numbering plan's table (libphonenumber) refuses numbers of ranges that are newer than itself, and
 * usage of them has to be posted; a test reads every country's numbers as that library writes them.
 */
export function readPhoneNumber(text: string | null, countryOf?: () => string): ReadPhoneNumber {
  const read = readParty(text, { countryOf });
  if ('fault' in read || read.number === null) return read;
  if (!isE164(read.number))
    return { fault: `"${show(text ?? '')}" is a short code: write a number like +14155550100` };
  return EXTENSION.test(tidy(text ?? ''))
    ? { fault: `"${show(text ?? '')}" has an extension: write the number alone, like +14155550100` }
    : read;
}

/**
 * Reads a party of a call or text, from whatever source: numbers as `readPhoneNumber` has them, also with an extension,
 * which is left away, or in a SIP address; short codes (`911`, `22395`); and names of a text's sender.
 */
export function readParty(text: string | null, context: NumberContext = {}): ReadPhoneNumber {
  if (text !== null && E164.test(text)) return ofNumber(text, text);
  const plain = tidy(text ?? '');
  if (isWithheld(plain)) return { number: null };
  const written = withoutAddress(plain).replace(EXTENSION, '');
  if (isWithheld(written)) return { number: null };
  if (isShortCode(written)) return { number: written };
  const shown = show(text ?? '');
  if (DAMAGED.test(written)) return { fault: `"${shown}" is what a spreadsheet left of a number` };
  if (context.mayBeName === true && isSenderName(plain) && !NO_NAME.test(plain)) return { number: plain };
  if (SEVERAL.test(written)) return { fault: `"${shown}" is more than one number` };
  const digits = written.replace(/^(\+?\d{1,3}[\s.]*)\(0\)/, '$1').replace(/[\s().\-‐-―−/]/g, '');
  if (SPELT.has(digits)) return { number: null };
  const number = /^\d{7,}$/.test(digits) ? dialledAbroad(digits, context.countryOf?.() ?? '') : digits;
  if (number !== null && E164.test(number) && !NOT_OF_PLUS_1.test(number)) return ofNumber(number, shown);
  return { fault: faultOf(shown, digits) };
}

function ofNumber(written: string, shown: string): ReadPhoneNumber {
  const number = withoutTrunkZero(written);
  if (SPELT.has(number.slice(1))) return { number: null };
  return E164.test(number) ? { number } : { fault: faultOf(shown, written) };
}

/** `;ext=5`, `x5`, `ext. 5`, `#5` behind seven digits or more. */
const EXTENSION =
  /(?<=(?:\d[\s().-]*){7})[\s(]*(?:;ext=|(?:[;,]\s*)?(?:extension|ext|x)[.:\s]*|#)\d{1,8}[#)]?$/i;
/** `+44 20 7946 0000/1`, `+14155550100 or +14155550101`. */
const SEVERAL = /\d\s*\/\s*\d{1,3}$|\d.*\+\d/;
/** What a spreadsheet makes of a number: `4.42079E+11`, `442079460000.0`, `#NAME?`. */
const DAMAGED = /^\+?\d+(?:[.,]\d+)?E[+-]?\d+$|^\+?\d{7,}[.,]0{1,2}$|^#(?:NAME\?|N\/A|REF!|VALUE!|NUM!|#+)$/i;
/** What the standards write instead of an address that is withheld (RFC 3323, 3GPP TS 23.003). */
const WITHHELD_HOST = /@(?:anonymous|unknown)\.invalid\b/i;

/** Without marks that nobody sees or that a spreadsheet added, and with the usual form of each character. */
function tidy(text: string): string {
  const shown = text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim();
  return shown
    .replace(/^="(.*)"$/, '$1')
    .replace(/^['’]+/, '')
    .trim();
}

/** The party in an address: `<sip:+14155550100@host;user=phone>`, `tel:911;phone-context=+1`, `SIP/+14155550100-0000a3f1`. */
function withoutAddress(plain: string): string {
  const address = /<([^<>]*)>$/.exec(plain)?.[1] ?? plain;
  if (WITHHELD_HOST.test(address)) return '';
  const uri = /^(tel|sips?):(?:\/\/)?(.*)$/i.exec(address);
  if (uri !== null) {
    const [, scheme = '', rest = ''] = uri;
    const extension = /;ext=\d{1,8}/i.exec(rest)?.[0] ?? '';
    const party = scheme.toLowerCase() === 'tel' ? rest : rest.replace(/@.*$/, '');
    return `${party.replace(/[;?].*$/, '').replace(/%2B/i, '+')}${extension}`;
  }
  return address
    .replace(/^(?:PJ)?SIP\/(.*?)(?:@[^@]*)?(?:-[0-9a-f]{8})?$/i, '$1')
    .replace(/^(\+?\d+)@.*$/, '$1');
}

function isWithheld(text: string): boolean {
  return WITHHELD.has(text.toLowerCase().replace(/[\s_.()<>"*-]/g, '')) && !/^[\s_.()<>"*-]+$/.test(text);
}

function faultOf(shown: string, digits: string): string {
  const example = 'write it like +14155550100';
  if (/^\d+$/.test(digits) && digits.length > 6) return `"${shown}" has no country code: ${example}`;
  if (!/^[\d+]/.test(digits) && /[/@:]/.test(shown))
    return `"${shown}" is an address without a phone number: ${example}`;
  return `"${shown}" is not a phone number: ${example}`;
}

const MAX_SHOWN = 60;

/** As it was received, as far as a message has room for it. */
function show(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
