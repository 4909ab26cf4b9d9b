import type { KnownBlock, ModalView } from '@slack/types';
import type { AddedCard, OrderFacts, OtherCard } from '../../billing/index.ts';
import { cardCopy, purchaseCopy as copy } from '../copy/index.ts';
import { button, buttons, linkButton, namedButtons, section } from '../kit/blocks.ts';
import { modal } from '../kit/modal.ts';
import { writeCardChoice } from '../kit/shown-charge.ts';
import { IDS } from './ids.ts';
import { retryButtons } from './purchase-modal.ts';

/** The value of *Add a card*; *Use another card* carries none and offers the cards on file first. */
export const ADD_CARD_BUTTON_VALUE = 'add';

/** The modal of a purchase while a card is added from it: each step where the last one stood. */
export function addedCardView(order: OrderFacts, added: Exclude<AddedCard, { stage: 'over' }>): ModalView {
  return modal(IDS.view.purchaseResult, order.token, {
    title: copy.title,
    blocks: blocksOf(order, added),
    close: copy.close,
  });
}

function blocksOf(order: OrderFacts, added: Exclude<AddedCard, { stage: 'over' }>): KnownBlock[] {
  switch (added.stage) {
    case 'page':
      return [
        section(copy.cardPageIntro(order)),
        namedButtons(
          'card_page',
          linkButton(cardCopy.openPage, added.url, { primary: true }),
          backButton(order),
        ),
      ];
    case 'unclaimed': {
      const value = added.card.cardId.toString();
      return [
        section(cardCopy.isItYoursHere(added.card)),
        namedButtons(
          'card_claim',
          button(cardCopy.yes(added.card), IDS.action.purchaseCardClaim, { value, primary: true }),
          button(cardCopy.no, IDS.action.purchaseCardDisown, { value }),
        ),
      ];
    }
    case 'checking': {
      const { card, check } = added;
      const text = cardCopy.check[check?.state ?? 'charging'](card, { check, failureCode: null });
      const canAnswer = check?.state === 'waiting';
      const value = card.cardId.toString();
      return [
        section(text),
        ...(canAnswer
          ? [
              namedButtons(
                'card_check',
                button(cardCopy.enterAmount, IDS.action.purchaseCardCheck, { value, primary: true }),
              ),
            ]
          : []),
      ];
    }
    case 'failed':
    case 'locked':
      return [section(cardCopy.notAdded[added.stage](added)), wayOn(order)];
  }
}

/** The cards on file that this purchase could be paid with, and the way to add one. */
export function otherCardsView(order: OrderFacts, cards: readonly OtherCard[]): ModalView {
  const pay = (card: OtherCard, index: number) =>
    button(
      copy.payWith(order.amount, { method: 'card', card: { ...card, needsReplacing: false } }),
      IDS.action.purchaseRetry,
      { value: writeCardChoice(card, order.token), primary: index === 0 },
    );
  return modal(IDS.view.purchaseResult, order.token, {
    title: copy.title,
    blocks: [
      section(copy.chooseCard(order)),
      // One action a block: a block's actions must differ.
      ...cards.map((card, index) => buttons(pay(card, index))),
      buttons(
        button(cardCopy.add, IDS.action.purchaseOtherCard, { value: ADD_CARD_BUTTON_VALUE }),
        backButton(order),
      ),
    ],
    close: copy.close,
  });
}

const backButton = (order: OrderFacts) => button(copy.back, IDS.action.purchaseBack, { value: order.token });

function wayOn(order: OrderFacts): KnownBlock {
  if (order.state !== 'draft') return retryButtons(order);
  return buttons(button(copy.addCard, IDS.action.purchaseOtherCard, { primary: true }));
}
