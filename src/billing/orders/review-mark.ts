import { createHash } from 'node:crypto';
import type { PayBy } from './pay-by.ts';

/** How a charge is paid: what a claim fixes, as it was judged. */
export interface Payment {
  payBy: PayBy;
  cardId: bigint | null;
}

/** A click on what was shown: the token of the form or message, and the mark of what it showed. */
export interface Shown {
  token: string;
  mark: string;
}

type Part = string | number | bigint | boolean | null;

/**
 * Names what a person is shown of a charge before they click. The form carries the mark back; where it is not the mark
 * of what would be charged by then, nothing is claimed and the person reviews again (R9). Only compared, so a forged
 * mark changes nothing but what its sender is asked once more. Applies R9.3.
 */
export function markOf(parts: readonly Part[]): string {
  const text = JSON.stringify(parts.map((part) => (typeof part === 'bigint' ? part.toString() : part)));
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
