import type { KnownBlock } from '@slack/types';
import { bundleCopy, rechargeCopy } from '../../copy/index.ts';
import { button, buttons, linkButton } from '../../kit/blocks.ts';
import {
  addCreditsButton,
  message,
  type NoticeOf,
  type NoticeRenderers,
  receiptButton,
} from '../../kit/notice-message.ts';
import { LINK_IDS } from '../../links.ts';

/** The feature’s kinds of notice as messages. */
export const notices = {
  bundle: (facts) => message(bundleCopy.notices[facts.event](facts), ...nextSteps(facts)),
} satisfies Partial<NoticeRenderers>;

function nextSteps(facts: NoticeOf<'bundle'>): KnownBlock[] {
  switch (facts.event) {
    case 'retry':
    case 'paused':
    case 'refused':
      return [
        buttons(
          button(bundleCopy.fixCard, LINK_IDS.cardShow, { primary: true }),
          button(bundleCopy.show, LINK_IDS.bundleShow),
        ),
      ];
    case 'to_verify':
      return [
        buttons(button(rechargeCopy.verify, LINK_IDS.paymentVerify, { value: facts.token, primary: true })),
      ];
    case 'at_bank':
      return facts.actionUrl === null
        ? []
        : [buttons(linkButton(bundleCopy.openBank, facts.actionUrl, { primary: true }))];
    case 'used':
      return [buttons(addCreditsButton(facts, { primary: true }))];
    case 'credited':
      return facts.receipt === null ? [] : [buttons(receiptButton(facts.receipt))];
    default:
      return [];
  }
}
