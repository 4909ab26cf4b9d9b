import { moneyBackCopy, rechargeCopy } from '../../copy/index.ts';
import { button, buttons } from '../../kit/blocks.ts';
import { message, type NoticeRenderers } from '../../kit/notice-message.ts';
import { LINKS } from '../../links.ts';

/** The feature’s kinds of notice as messages. */
export const notices = {
  dispute: (facts) => message(moneyBackCopy.dispute(facts)),
  late_refund: (facts) => message(moneyBackCopy.lateRefund(facts)),
  payment_unconfirmed: (facts) => message(moneyBackCopy.unconfirmed(facts)),
  refund: (facts) =>
    message(
      moneyBackCopy.refund(facts),
      ...(facts.pausedToken === null
        ? []
        : [buttons(button(rechargeCopy.resume, LINKS.rechargeResume, { value: facts.pausedToken }))]),
    ),
} satisfies Partial<NoticeRenderers>;
