import type { KnownBlock, ModalView } from '@slack/types';
import { MAX_REASON_LENGTH } from '../../../billing/index.ts';
import { button, buttons, section } from '../../kit/blocks.ts';
import { IDS } from '../../ids.ts';
import { modal, plain } from '../../screens/purchase-modal.ts';
import { purchaseWords, requestWords as words } from '../../copy/index.ts';

/** What can be done with an open request. */
export function requestButtons(value: string): KnownBlock {
  return buttons(
    button(words.add, IDS.action.requestAdd, { value, primary: true }),
    button(words.decline, IDS.action.requestDecline, { value }),
  );
}

/** Words that end with the way to ask. */
export function offerRequest(text: string): KnownBlock[] {
  return [section(text), buttons(button(words.button, IDS.action.requestOpen))];
}

/** How much, and what for; both may be left empty. */
export function requestForm(): ModalView {
  return modal(IDS.view.requestForm, '', {
    title: words.title,
    blocks: [
      section(words.intro),
      {
        type: 'input',
        block_id: IDS.field.amount,
        optional: true,
        label: plain(words.amountLabel),
        hint: plain(words.amountHint),
        element: { type: 'plain_text_input', action_id: IDS.field.amount, max_length: 40 },
      },
      {
        type: 'input',
        block_id: IDS.field.reason,
        optional: true,
        label: plain(words.reasonLabel),
        element: { type: 'plain_text_input', action_id: IDS.field.reason, max_length: MAX_REASON_LENGTH },
      },
    ],
    submit: words.send,
    close: purchaseWords.cancel,
  });
}

/** Why a request is declined; may be left blank. The token is looked up again at the submission. */
export function declineForm(token: string): ModalView {
  return modal(IDS.view.requestDecline, token, {
    title: words.declineTitle,
    blocks: [
      section(words.declineIntro),
      {
        type: 'input',
        block_id: IDS.field.reason,
        optional: true,
        label: plain(words.declineReasonLabel),
        hint: plain(words.declineReasonHint),
        element: { type: 'plain_text_input', action_id: IDS.field.reason, max_length: MAX_REASON_LENGTH },
      },
    ],
    submit: words.decline,
    close: purchaseWords.cancel,
  });
}

/** The window once the request was sent. */
export function requestSaid(text: string): ModalView {
  return modal(IDS.view.purchaseResult, '', {
    title: words.title,
    blocks: [section(text)],
    close: purchaseWords.close,
  });
}
