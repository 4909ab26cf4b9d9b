import { findByNumber, passesLuhn, type TestCard } from '../test-cards.ts';

/** The three fields of the card page, as typed. */
export interface TypedCard {
  number: string;
  expiry: string;
  cvc: string;
}
/** What is wrong, per field, in words. */
export type CardFaults = Partial<Record<keyof TypedCard, string>>;

/** A card that may be tried. */
export interface ReadCard {
  card: TestCard;
  expiry: { month: number; year: number };
}

/** Reads what was typed; every field that is wrong gets a sentence. @param now decides whether a card has expired */
export function readCard(typed: TypedCard, now: Date): { card: ReadCard } | { faults: CardFaults } {
  const digits = typed.number.normalize('NFKC').replace(/[\s-]/g, '');
  const card = findByNumber(digits);
  const expiry = readExpiry(typed.expiry, now);
  const numberFault = card === undefined ? faultOfNumber(digits) : undefined;
  const cvcFault = faultOfCvc(typed.cvc, card);
  if (card !== undefined && typeof expiry !== 'string' && cvcFault === undefined) {
    return { card: { card, expiry } };
  }
  return {
    faults: {
      ...(numberFault === undefined ? {} : { number: numberFault }),
      ...(typeof expiry === 'string' ? { expiry } : {}),
      ...(cvcFault === undefined ? {} : { cvc: cvcFault }),
    },
  };
}

function faultOfNumber(digits: string): string {
  if (digits === '') return 'Enter the card number.';
  if (!/^\d+$/.test(digits)) return 'A card number has digits only.';
  if (digits.length < 13) return 'This card number is too short.';
  if (digits.length > 19) return 'This card number is too long.';
  if (!passesLuhn(digits)) return 'This card number is not valid. Check it digit by digit.';
  return 'This is not one of the test numbers. Please never type a real card here.';
}

function readExpiry(typed: string, now: Date): { month: number; year: number } | string {
  const text = typed.normalize('NFKC').replace(/\s/g, '');
  if (text === '') return 'Enter the expiry date.';
  const parts = /^(\d{1,2})[/.-](\d{2}|\d{4})$/.exec(text) ?? /^(\d{2})(\d{2}|\d{4})$/.exec(text);
  if (parts === null) return 'Enter month and year, like 12 / 34.';
  const month = Number(parts[1]);
  const year = Number(parts[2]) + (parts[2]?.length === 2 ? 2000 : 0);
  if (month < 1 || month > 12) return 'The month is 01 to 12.';
  // A card is good until the end of its month.
  if (new Date(Date.UTC(year, month, 1)) <= now) return 'This card has expired.';
  if (year > now.getUTCFullYear() + 50) return 'The year is too far ahead.';
  return { month, year };
}

function faultOfCvc(typed: string, card: TestCard | undefined): string | undefined {
  const digits = typed.normalize('NFKC').trim();
  if (digits === '') return 'Enter the security code.';
  const length = card?.brand === 'amex' ? 4 : 3;
  if (/^\d+$/.test(digits) && (digits.length === length || (card === undefined && digits.length === 4)))
    return undefined;
  return `The security code has ${length} digits.`;
}

/** True for a text that could be somebody's real card number: such a text is never shown again. */
export function isPlausible(number: string): boolean {
  const digits = number.normalize('NFKC').replace(/\D/g, '');
  return digits.length >= 13 && passesLuhn(digits) && findByNumber(digits) === undefined;
}
