import type { AccountSettings } from './account.ts';
import { invalidParameter } from './errors.ts';

/** The account's shortened descriptor, and what stands between it and a suffix. */
const PREFIX = 'REFILL';
const SEPARATOR = '* ';
const MAX_LENGTH = 22;

/**
 * Refuses a suffix that a statement cannot show: Latin characters, a letter among them, none of `<>\'"*`, and at most
 * 22 characters together with the prefix (docs.stripe.com/get-started/account/statement-descriptors).
 */
export function checkSuffix(account: AccountSettings, suffix: string): void {
  const fault = faultOf(account, suffix);
  if (fault !== undefined) throw invalidParameter('statement_descriptor_suffix', fault);
}

function faultOf(account: AccountSettings, suffix: string): string | undefined {
  if (!account.takesSuffix) return 'This account cannot use a statement descriptor suffix.';
  if (/[^\x20-\x7e]/.test(suffix))
    return 'The statement descriptor suffix must contain only Latin characters.';
  if (/[<>\\'"*]/.test(suffix))
    return `The statement descriptor suffix must not contain any of the following characters: < > \\ ' " *`;
  if (!/[a-z]/i.test(suffix)) return 'The statement descriptor suffix must contain at least one letter.';
  if (describeOnStatement(suffix).length > MAX_LENGTH)
    return `The statement descriptor with its suffix must be at most ${MAX_LENGTH} characters long.`;
  return undefined;
}

/** What a card's statement shows: `calculated_statement_descriptor` of the SDK's `Charge`, the static part and the suffix. */
export function describeOnStatement(suffix: string | null): string {
  return suffix === null ? PREFIX : `${PREFIX}${SEPARATOR}${suffix}`;
}
