import { noticeCopy } from '../../copy/index.ts';
import { message, type NoticeRenderers } from '../../kit/notice-message.ts';

/** The feature’s kinds of notice as messages. */
export const notices = {
  receipt: (facts) => message(noticeCopy.receipt(facts)),
} satisfies Partial<NoticeRenderers>;
