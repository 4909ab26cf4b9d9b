import type { ModalView } from '@slack/types';
import type { CardFacts, CheckFacts } from '../../billing/index.ts';
import { cardCopy as copy } from '../copy/index.ts';
import { section } from '../kit/blocks.ts';
import { plain } from '../kit/modal.ts';
import { IDS } from './ids.ts';

/** Where the amount of the small charge, or its code, is entered. */
export function amountView(card: CardFacts, check: CheckFacts): ModalView {
  return {
    type: 'modal',
    callback_id: IDS.view.cardAmount,
    private_metadata: check.token,
    title: plain(copy.confirmTitle),
    submit: plain(copy.confirm),
    close: plain('Cancel'),
    blocks: [
      section(copy.confirmIntro(card, check)),
      ...(check.actionUrl === null ? [] : [section(copy.bankAsks(check.actionUrl))]),
      {
        type: 'input',
        block_id: IDS.field.cardAmount,
        label: plain(check.takesCode ? copy.amountLabel : copy.amountOnlyLabel),
        hint: plain(copy.amountHint),
        element: { type: 'plain_text_input', action_id: IDS.field.cardAmount, max_length: 40 },
      },
    ],
  };
}
