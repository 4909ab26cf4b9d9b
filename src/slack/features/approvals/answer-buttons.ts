import type { KnownBlock } from '@slack/types';
import type { Money } from '../../../money.ts';
import type { NoticeFacts } from '../../../notices/index.ts';
import { button, buttons, section } from '../../kit/blocks.ts';
import { IDS } from '../../ids.ts';
import { approvalWords as words } from '../../copy/index.ts';

/** What can be done with an open question. A yes that charges asks once more, with the amount. */
export function answerButtons(facts: Extract<NoticeFacts, { kind: 'approval' }>): KnownBlock {
  const value = facts.token;
  return buttons(
    button(words.approve, IDS.action.approvalApprove, {
      value,
      primary: true,
      confirm: words.confirm(facts),
    }),
    button(words.decline, IDS.action.approvalDecline, { value }),
  );
}

/**
 * How a review ends: with the label to confirm it by; where it is above the approval limit, with the label to request it
 * by and who is asked; without a button where no one could approve it.
 */
export function endOfReview(
  { approvalAbove, approverIds }: { approvalAbove: Money | null; approverIds: readonly string[] },
  confirm: string,
): { notes: KnownBlock[]; submit?: string } {
  if (approvalAbove === null) return { notes: [], submit: confirm };
  if (approverIds.length === 0) return { notes: [section(words.noApprover(approvalAbove))] };
  return { notes: [section(words.reviewNote(approvalAbove, approverIds))], submit: words.ask };
}
