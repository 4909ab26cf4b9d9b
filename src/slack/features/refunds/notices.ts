import type { KnownBlock } from '@slack/types';
import { moneyBackCopy, rechargeCopy } from '../../copy/index.ts';
import { button, buttons } from '../../kit/blocks.ts';
import { message, type NoticeOf, type NoticeRenderers, receiptButton } from '../../kit/notice-message.ts';
import { LINK_IDS } from '../../links.ts';

/** The feature’s kinds of notice as messages. */
export const notices = {
  dispute: (facts) => message(moneyBackCopy.dispute(facts)),
  late_refund: (facts) => message(moneyBackCopy.lateRefund(facts)),
  payment_unconfirmed: (facts) => message(moneyBackCopy.unconfirmed(facts)),
  refund: (facts) => message(moneyBackCopy.refund(facts), ...refundButtons(facts)),
} satisfies Partial<NoticeRenderers>;

/** The receipt of the refund, and the way on where it paused auto-recharge. */
function refundButtons({ pausedToken, pauseEnd, ownReceipt, state }: NoticeOf<'refund'>): KnownBlock[] {
  const all = [
    ...(pausedToken === null || pauseEnd !== undefined
      ? []
      : [button(rechargeCopy.resume, LINK_IDS.rechargeResume, { value: pausedToken })]),
    ...(state === 'returned' || ownReceipt === '' ? [] : [receiptButton(ownReceipt)]),
  ];
  return all.length === 0 ? [] : [buttons(...all)];
}
