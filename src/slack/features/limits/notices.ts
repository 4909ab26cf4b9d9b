import { limitCopy } from '../../copy/index.ts';
import { button, buttons } from '../../kit/blocks.ts';
import { message, type NoticeRenderers } from '../../kit/notice-message.ts';
import { LINK_IDS } from '../../links.ts';

/** The feature’s kinds of notice as messages. */
export const notices = {
  spending_limit: (facts) => {
    if (facts.isOwn) return message(limitCopy.ownNotice(facts));
    const text = limitCopy.notice(facts);
    return facts.changed === null
      ? message(text, buttons(button(limitCopy.change, LINK_IDS.limitSet, { value: facts.token })))
      : message(text);
  },
  spending_limit_change: (facts) => message(limitCopy.changeNotice(facts)),
} satisfies Partial<NoticeRenderers>;
