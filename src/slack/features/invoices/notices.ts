import { invoiceCopy } from '../../copy/index.ts';
import type { NoticeRenderers } from '../../kit/notice-message.ts';
import { noticeBlocks } from './invoice-blocks.ts';

/** The feature’s kinds of notice as messages. */
export const notices = {
  invoice: (facts) => ({ text: invoiceCopy.notice(facts), blocks: noticeBlocks(facts) }),
} satisfies Partial<NoticeRenderers>;
