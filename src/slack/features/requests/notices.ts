import { requestCopy } from '../../copy/index.ts';
import { message, type NoticeRenderers } from '../../kit/notice-message.ts';
import { requestButtons } from './request-views.ts';

/** The feature’s kinds of notice as messages. */
export const notices = {
  credit_request: (facts) =>
    message(requestCopy.notice(facts), ...(facts.state === 'open' ? [requestButtons(facts.token)] : [])),
  credit_request_answer: (facts) => message(requestCopy.answer(facts)),
} satisfies Partial<NoticeRenderers>;
