import type { KnownBlock } from '@slack/types';
import type { NoticeFacts } from '../../../notices/index.ts';
import { approvalCopy as copy } from '../../copy/index.ts';
import { button, buttons } from '../../kit/blocks.ts';
import { LINK_IDS } from '../../links.ts';

/** What can be done with an open question. A yes that charges asks once more, with the amount. Applies R9.9. */
export function answerButtons(facts: Extract<NoticeFacts, { kind: 'approval' }>): KnownBlock {
  const value = facts.token;
  return buttons(
    button(copy.approve, LINK_IDS.approvalApprove, {
      value,
      primary: true,
      confirm: copy.confirm(facts),
    }),
    button(copy.decline, LINK_IDS.approvalDecline, { value }),
  );
}
