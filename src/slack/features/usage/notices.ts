import type { KnownBlock } from '@slack/types';
import { phoneSystemCopy, surpriseCopy, usageWaitingCopy } from '../../copy/index.ts';
import { button, buttons } from '../../kit/blocks.ts';
import { message, type NoticeOf, type NoticeRenderers } from '../../kit/notice-message.ts';

import { LINK_IDS } from '../../links.ts';
import { digestMessage } from './digest-message.ts';
import { SURPRISE_IDS } from './surprise-ids.ts';

/** The feature’s kinds of notice as messages. */
export const notices = {
  phone_system: (facts) => message(phoneSystemCopy.notice(facts)),
  surprise: (facts) => message(surpriseCopy.notice(facts), surpriseButtons(facts)),
  digest: digestMessage,
  usage_waiting: (facts) => message(usageWaitingCopy.notice(facts)),
} satisfies Partial<NoticeRenderers>;

/** The records behind it, what stops it from being paid for, and what keeps it quiet. */
function surpriseButtons({
  token: value,
  isRechargeOn,
  pausedByUserId,
  expectedByUserId,
}: NoticeOf<'surprise'>): KnownBlock {
  const { surpriseCalls, surprisePause, surpriseExpected } = SURPRISE_IDS.action;
  return buttons(
    button(surpriseCopy.seeCalls, surpriseCalls, { value, primary: true }),
    ...(pausedByUserId === null && isRechargeOn !== false
      ? [button(surpriseCopy.pause, surprisePause, { value })]
      : []),
    button(surpriseCopy.setLimit, LINK_IDS.limitSet),
    ...(expectedByUserId === null ? [button(surpriseCopy.expected, surpriseExpected, { value })] : []),
  );
}
