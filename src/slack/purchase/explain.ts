import type { PayingCard } from '../../billing/index.ts';
import { RefillError } from '../../errors.ts';
import type { Money } from '../../money.ts';
import { approvalWords, purchaseWords } from '../words/en.ts';

/** The sentence for what stands against a purchase, or null when the error is about something else. */
export function explainRefusal(error: unknown): string | null {
  if (!(error instanceof RefillError)) return null;
  if (error.code === 'purchases-paused') return purchaseWords.paused;
  if (error.code === 'card-needs-replacing')
    return purchaseWords.needsReplacing(error.details.card as PayingCard);
  const limit = error.details.limit as Money | undefined;
  const room = error.details.room as Money | undefined;
  if (limit === undefined) return error.code === 'not-allowed' ? purchaseWords.notAllowedThere : null;
  switch (error.code) {
    case 'amount-below-minimum':
      return purchaseWords.belowMinimum(limit);
    case 'amount-above-maximum':
      return purchaseWords.aboveMaximum(limit);
    case 'daily-limit':
      return purchaseWords.dailyLimit(limit, room ?? limit);
    case 'exposure-limit':
      return purchaseWords.exposureLimit(limit, room ?? limit);
    case 'no-approver':
      return approvalWords.noApprover(limit);
    default:
      return null;
  }
}
