import type { NoticeFacts } from '../../notices/index.ts';
import { noticeRenderers } from '../features.ts';
import type { NoticeMessage } from '../kit/notice-message.ts';

/** A notice as a message, as the feature that it belongs to renders it. */
export function renderNotice(facts: NoticeFacts): NoticeMessage {
  const render = noticeRenderers[facts.kind] as (facts: NoticeFacts) => NoticeMessage;
  return render(facts);
}
