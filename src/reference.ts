import { randomInt } from 'node:crypto';

/** Digits and letters that nobody takes for one another on the phone: without 0, 1, I, L and O. */
export const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

/** A random code of `length` characters in fours, to be read out or typed: `7F3K-22`, `K7QM-2WXT-9FHB`. */
export function newReadableCode(length: number): string {
  const characters = Array.from({ length }, () => CODE_ALPHABET.charAt(randomInt(CODE_ALPHABET.length))).join(
    '',
  );
  return characters.replace(/(.{4})(?=.)/g, '$1-');
}

/** What a person reads to support, and what the log names the same failure by: `7F3K-22`. */
export const newReference = (): string => newReadableCode(6);
