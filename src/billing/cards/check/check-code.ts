import { placeOf, type SecretBox } from '../../../org/index.ts';
import { CODE_ALPHABET, newReadableCode } from '../../../reference.ts';

/** What every suffix begins with, so that people find the charge. */
const PREFIX = 'CHECK';
const CODE_LENGTH = 4;
const MASK = '·'.repeat(CODE_LENGTH);

/** The suffix of a check's charge: `CHECK` and four characters that nobody can foresee. */
export function newSuffix(): string {
  return PREFIX + newReadableCode(CODE_LENGTH);
}

/** Where a check's statement text is stored, sealed. */
export const placeOfStatement = (token: string): string =>
  placeOf('card_check', 'statement_encrypted', token);

const TYPED = new RegExp(`^(?:.*${PREFIX})?\\s*([${CODE_ALPHABET}]{${CODE_LENGTH}})$`, 'u');

/**
 * Reads the code as people type it: the four characters, or the line of the statement that ends in them, in any case.
 * Null where it is no code.
 */
export function readCheckCode(typed: string): string | null {
  return TYPED.exec(typed.normalize('NFKC').trim().toUpperCase())?.[1] ?? null;
}

/** The code of a check, opened; null where its charge has none. Throws where it opens under no key. */
export function openCode(
  secrets: SecretBox,
  { token, statementEncrypted }: { token: string; statementEncrypted: string | null },
): string | null {
  if (statementEncrypted === null) return null;
  return secrets.open(statementEncrypted, placeOfStatement(token)).slice(-CODE_LENGTH).toUpperCase();
}

/**
 * How the statement of a charge is stored: sealed, and as people are told it, with the code masked. A descriptor that
 * does not end in the code holds none, so there is nothing to seal, and only the amount is accepted. Applies R13.4.
 */
export function storeStatement(
  secrets: SecretBox,
  check: { token: string; statementEncrypted: string | null },
  descriptor: string | null,
): { statementEncrypted: string | null; statementHint: string | null } {
  const code = openCode(secrets, check);
  if (descriptor === null || code === null || !descriptor.toUpperCase().endsWith(code))
    return { statementEncrypted: null, statementHint: descriptor };
  return {
    statementEncrypted: secrets.seal(descriptor, placeOfStatement(check.token)),
    statementHint: descriptor.slice(0, -CODE_LENGTH) + MASK,
  };
}
