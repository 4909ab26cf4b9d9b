import type { KnownBlock, ModalView } from '@slack/types';
import { MAX_REASON_LENGTH } from '../../../billing/index.ts';
import type { Money } from '../../../money.ts';
import { requestCopy as copy, purchaseCopy } from '../../copy/index.ts';
import { button, buttons, section } from '../../kit/blocks.ts';
import { modal, plain } from '../../kit/modal.ts';
import { LINK_IDS } from '../../links.ts';
import { IDS } from './ids.ts';

/** What can be done with an open request. */
export function requestButtons(value: string): KnownBlock {
  return buttons(
    button(copy.add, LINK_IDS.requestAdd, { value, primary: true }),
    button(copy.decline, LINK_IDS.requestDecline, { value }),
  );
}

/** How much, and what for; both may be left empty. `amount`: what was typed already. */
export function requestForm(amount: Money | null = null): ModalView {
  return modal(IDS.view.requestForm, '', {
    title: copy.title,
    blocks: [
      section(copy.intro),
      {
        type: 'input',
        block_id: IDS.field.amount,
        optional: true,
        label: plain(copy.amountLabel),
        hint: plain(copy.amountHint),
        element: {
          type: 'plain_text_input',
          action_id: IDS.field.amount,
          max_length: 40,
          ...(amount === null ? {} : { initial_value: amount.toFixed(2) }),
        },
      },
      {
        type: 'input',
        block_id: IDS.field.reason,
        optional: true,
        label: plain(copy.reasonLabel),
        element: { type: 'plain_text_input', action_id: IDS.field.reason, max_length: MAX_REASON_LENGTH },
      },
    ],
    submit: copy.send,
    close: purchaseCopy.cancel,
  });
}

/** Why a request is declined; may be left blank. The token is looked up again at the submission. */
export function declineForm(token: string): ModalView {
  return modal(IDS.view.requestDecline, token, {
    title: copy.declineTitle,
    blocks: [
      section(copy.declineIntro),
      {
        type: 'input',
        block_id: IDS.field.reason,
        optional: true,
        label: plain(copy.declineReasonLabel),
        hint: plain(copy.declineReasonHint),
        element: { type: 'plain_text_input', action_id: IDS.field.reason, max_length: MAX_REASON_LENGTH },
      },
    ],
    submit: copy.decline,
    close: purchaseCopy.cancel,
  });
}

/** The modal once the request was sent. */
export function requestText(text: string): ModalView {
  return modal(IDS.view.requestResult, '', {
    title: copy.title,
    blocks: [section(text)],
    close: purchaseCopy.close,
  });
}
