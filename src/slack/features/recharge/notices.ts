import type { KnownBlock } from '@slack/types';
import { markOfSuggestion } from '../../../billing/index.ts';
import { rechargeCopy } from '../../copy/index.ts';
import { button, buttons, linkButton } from '../../kit/blocks.ts';
import {
  addCreditsButton,
  message,
  type NoticeOf,
  type NoticeRenderers,
  receiptButton,
} from '../../kit/notice-message.ts';
import { writeShown } from '../../kit/shown-charge.ts';
import { LINK_IDS } from '../../links.ts';
import { IDS } from './ids.ts';

/** The feature’s kinds of notice as messages. */
export const notices = {
  recharge: (facts) => message(rechargeCopy.told(facts), ...rechargeButtons(facts)),
  recharge_blocked: (facts) =>
    message(rechargeCopy.blocked(facts), ...(facts.isOver ? [] : [blockedButtons(facts)])),
  recharge_settings: (facts) => message(rechargeCopy.settings(facts)),
} satisfies Partial<NoticeRenderers>;

function rechargeButtons(facts: NoticeOf<'recharge'>): KnownBlock[] {
  const { actionUrl, token: value } = facts;
  switch (facts.status) {
    case 'added':
      return addedButtons(facts);
    case 'needs_action':
      return actionUrl === null
        ? []
        : [buttons(linkButton(rechargeCopy.openBank, actionUrl, { primary: true }), addCreditsButton(facts))];
    case 'to_verify':
      return [
        buttons(
          button(rechargeCopy.verify, LINK_IDS.paymentVerify, { value, primary: true }),
          addCreditsButton(facts),
        ),
      ];
    case 'refused':
      return [buttons(addCreditsButton(facts))];
    case 'needless':
    case 'dropped':
    case 'over_limit':
      return [];
    default:
      if (facts.pauseEnd !== undefined) return [];
      return [
        buttons(button(rechargeCopy.fixCard, LINK_IDS.cardShow, { primary: true }), addCreditsButton(facts)),
      ];
  }
}

/** The receipt of what was charged, and a larger amount where it fires often. */
function addedButtons({ receipt, suggested, token }: NoticeOf<'recharge'>): KnownBlock[] {
  const all = [
    ...(suggested === null
      ? []
      : [
          button(rechargeCopy.useAmount(suggested), IDS.action.rechargeSuggested, {
            value: writeShown({ token, mark: markOfSuggestion(token, suggested) }),
          }),
        ]),
    ...(receipt === null ? [] : [receiptButton(receipt)]),
  ];
  return all.length === 0 ? [] : [buttons(...all)];
}

function blockedButtons(facts: NoticeOf<'recharge_blocked'>): KnownBlock {
  switch (facts.reason) {
    case 'cap': {
      const options = { value: facts.token, primary: true };
      return buttons(button(rechargeCopy.raiseCap, LINK_IDS.rechargeCap, options), addCreditsButton(facts));
    }
    case 'no_card':
      return buttons(
        button(rechargeCopy.fixCard, LINK_IDS.cardShow, { primary: true }),
        addCreditsButton(facts),
      );
    default:
      return buttons(addCreditsButton(facts));
  }
}
