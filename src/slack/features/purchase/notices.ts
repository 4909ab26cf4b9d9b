import { purchaseCopy } from '../../copy/index.ts';
import { buttons } from '../../kit/blocks.ts';
import { message, type NoticeRenderers, receiptButton } from '../../kit/notice-message.ts';

/** The feature’s kinds of notice as messages. */
export const notices = {
  receipt: (facts) => message(purchaseCopy.receiptNotice(facts), buttons(receiptButton(facts.receipt))),
} satisfies Partial<NoticeRenderers>;
