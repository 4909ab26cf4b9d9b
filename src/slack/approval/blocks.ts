import type { KnownBlock } from '@slack/types';
import { button, buttons } from '../blocks/build.ts';
import { IDS } from '../ids.ts';
import { approvalWords as words } from '../words/en.ts';

/** What can be done with an open question. */
export function answerButtons(value: string): KnownBlock {
  return buttons(
    button(words.approve, IDS.action.approvalApprove, { value, primary: true }),
    button(words.decline, IDS.action.approvalDecline, { value }),
  );
}
