import type { Button, KnownBlock } from '@slack/types';
import type { NoticeFacts, SingleNotice } from '../../notices/index.ts';
import { quietHoursCopy as copy } from '../copy/index.ts';
import { shorten } from '../copy/mrkdwn.ts';
import { noticeRenderers } from '../features.ts';
import { section } from '../kit/blocks.ts';
import type { NoticeMessage, NoticeOf } from '../kit/notice-message.ts';

/** What of one notice is told among many. */
const MAX_ITEM_LENGTH = 600;

/** A notice as a message, as the feature that it belongs to renders it. */
export function renderNotice(facts: NoticeFacts): NoticeMessage {
  return facts.kind === 'quiet_hours_summary' ? renderQuietHours(facts) : renderSingle(facts);
}

function renderSingle(facts: SingleNotice): NoticeMessage {
  const render = noticeRenderers[facts.kind] as (facts: SingleNotice) => NoticeMessage;
  return render(facts);
}

/** What waited for the end of quiet hours: each notice's text, with the first of its buttons beside it. */
function renderQuietHours({ items, more }: NoticeOf<'quiet_hours_summary'>): NoticeMessage {
  const told = items.map(renderSingle).map(({ text, blocks }) => ({
    text: shorten(text, MAX_ITEM_LENGTH),
    button: firstButton(blocks),
  }));
  const head = copy.head(items.length + more);
  const rest = more > 0 ? [copy.more(more)] : [];
  return {
    text: [head, ...told.map(({ text }) => text), ...rest].join('\n'),
    blocks: [
      section(head),
      ...told.map(({ text, button }) => ({
        ...section(text),
        ...(button === undefined ? {} : { accessory: button }),
      })),
      ...rest.map(section),
    ],
  };
}

function firstButton(blocks: readonly KnownBlock[]): Button | undefined {
  const elements = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
  return elements.find((element) => element.type === 'button');
}
