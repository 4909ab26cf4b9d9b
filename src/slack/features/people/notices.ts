import { peopleCopy, settingsCopy } from '../../copy/index.ts';
import { button, buttons } from '../../kit/blocks.ts';
import { message, type NoticeRenderers } from '../../kit/notice-message.ts';
import { LINK_IDS } from '../../links.ts';

/** The feature’s kinds of notice as messages. */
export const notices = {
  role_change: (facts) => message(peopleCopy.notice(facts)),
  company_moved: (facts) =>
    message(
      peopleCopy.moved(facts),
      buttons(button(settingsCopy.button, LINK_IDS.settingsOpen, { primary: true })),
    ),
} satisfies Partial<NoticeRenderers>;
