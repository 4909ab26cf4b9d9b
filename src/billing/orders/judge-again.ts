import { hasCode, RefillError } from '../../errors.ts';

/** A claim found that what was judged is not so any more: nothing was claimed. */
export function changedMeanwhile(what: string): RefillError {
  return new RefillError('changed-meanwhile', `${what} changed while it was decided about.`);
}

/**
 * Runs a decision, and once more where something changed between its judging and its claim: the second run finds that
 * and answers by it. `work` is one transaction, so the first run left nothing.
 */
export async function judgeAgain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (hasCode(error, 'changed-meanwhile')) return await work();
    throw error;
  }
}
