import type { KnownBlock } from '@slack/types';
import type { Money } from '../../money.ts';
import { approvalCopy as copy } from '../copy/index.ts';
import { section } from './blocks.ts';

/**
 * How a review ends: with the label to confirm it by; where it is above the approval limit, with the label to request it
 * by and who is asked; without a button where no one could approve it.
 */
export function endOfReview(
  { approvalAbove, approverIds }: { approvalAbove: Money | null; approverIds: readonly string[] },
  confirm: string,
): { notes: KnownBlock[]; submit?: string } {
  if (approvalAbove === null) return { notes: [], submit: confirm };
  if (approverIds.length === 0) return { notes: [section(copy.noApprover(approvalAbove))] };
  return { notes: [section(copy.reviewNote(approvalAbove, approverIds))], submit: copy.ask };
}
