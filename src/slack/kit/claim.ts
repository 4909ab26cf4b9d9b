import { RefillError } from '../../errors.ts';

/** A claim that broke off: whether it was committed is not known, so the answer must not say that nothing was charged. */
export class UncertainClaimError extends Error {
  override readonly name = 'UncertainClaimError';
}

/**
 * Runs what claims a purchase. A refusal is passed on as it is (nothing was claimed); anything else, a lost
 * connection for one, becomes an UncertainClaimError.
 */
export async function claim<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RefillError && error.code !== 'database-unavailable') throw error;
    throw new UncertainClaimError('a claim broke off', { cause: error });
  }
}
