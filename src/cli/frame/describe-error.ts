import { createHash } from 'node:crypto';
import { describeDatabaseError } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';

export interface DescribedError {
  readonly code: string;
  /** One sentence for the operator: what is wrong and what to do. */
  readonly message: string;
  readonly status: 1 | 2;
  /** Where the sentence says nothing about the cause, for REFILL_LOG=debug. */
  readonly stack: string | undefined;
}

/** Any error in one sentence, with the exit status that belongs to it: 2 for what was typed wrong, 1 for everything else. */
export function describeError(error: unknown): DescribedError {
  if (error instanceof RefillError) {
    const status = error.code === 'bad-argument' ? 2 : 1;
    return { code: error.code, message: error.message, status, stack: undefined };
  }
  const refused = describeDatabaseError(error);
  if (refused !== null) return { ...refused, status: 1, stack: undefined };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 'unexpected',
    message: `Something went wrong in Refill itself (reference ${referenceOf(stack)}). Set REFILL_LOG=debug to see where.`,
    status: 1,
    stack,
  };
}

/** The same for the same fault, so that two reports of it are known as one. */
function referenceOf(stack: string): string {
  return createHash('sha256').update(stack.replace(/\d+/g, '0')).digest('hex').slice(0, 8);
}
