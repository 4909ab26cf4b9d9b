import { approvalCopy } from '../../copy/index.ts';
import { message, type NoticeRenderers } from '../../kit/notice-message.ts';
import { answerButtons } from './answer-buttons.ts';

/** The feature’s kinds of notice as messages. */
export const notices = {
  approval: (facts) =>
    message(approvalCopy.notice(facts), ...(facts.state === 'open' ? [answerButtons(facts)] : [])),
  approval_answer: (facts) => message(approvalCopy.answer(facts)),
} satisfies Partial<NoticeRenderers>;
