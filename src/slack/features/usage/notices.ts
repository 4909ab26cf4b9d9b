import { phoneSystemCopy, usageWaitingCopy } from '../../copy/index.ts';
import { message, type NoticeRenderers } from '../../kit/notice-message.ts';

/** The feature’s kinds of notice as messages. */
export const notices = {
  phone_system: (facts) => message(phoneSystemCopy.notice(facts)),
  usage_waiting: (facts) => message(usageWaitingCopy.notice(facts)),
} satisfies Partial<NoticeRenderers>;
