import { settingsCopy } from '../../copy/index.ts';
import { message, type NoticeRenderers } from '../../kit/notice-message.ts';

/** The feature’s kinds of notice as messages. */
export const notices = {
  settings: (facts) => message(settingsCopy.notice(facts)),
  no_channel: (facts) => message(settingsCopy.noChannel(facts)),
  company_status: (facts) => message(settingsCopy.status[facts.event](facts)),
} satisfies Partial<NoticeRenderers>;
