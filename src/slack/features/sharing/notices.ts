import { sharingCopy } from '../../copy/index.ts';
import { message, type NoticeRenderers } from '../../kit/notice-message.ts';

/** The feature’s kinds of notice as messages. */
export const notices = {
  credit_sharing: (facts) => message(sharingCopy.notice(facts)),
} satisfies Partial<NoticeRenderers>;
