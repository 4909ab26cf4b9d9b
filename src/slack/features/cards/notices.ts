import { cardCopy } from '../../copy/index.ts';
import { button, buttons } from '../../kit/blocks.ts';
import { message, type NoticeRenderers } from '../../kit/notice-message.ts';
import { IDS } from './ids.ts';

/** The feature’s kinds of notice as messages. */
export const notices = {
  card: (facts) =>
    message(
      cardCopy.notices[facts.event](facts),
      ...(facts.event === 'to_confirm'
        ? [
            buttons(
              button(cardCopy.enterAmount, IDS.action.cardAmount, { value: facts.token, primary: true }),
            ),
          ]
        : facts.event === 'detached'
          ? [buttons(button(cardCopy.add, IDS.action.cardAdd, { primary: true }))]
          : []),
    ),
  card_expiring: (facts) =>
    message(cardCopy.expiring(facts), buttons(button(cardCopy.add, IDS.action.cardAdd, { primary: true }))),
} satisfies Partial<NoticeRenderers>;
