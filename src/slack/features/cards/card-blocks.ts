import type { KnownBlock, ModalView } from '@slack/types';
import type { CardFacts, CheckFacts } from '../../../billing/index.ts';
import { button, buttons, linkButton, section } from '../../kit/blocks.ts';
import { IDS } from '../../ids.ts';
import { plain } from '../../screens/purchase-modal.ts';
import { cardWords as words } from '../../copy/index.ts';

/** Slack takes 50 blocks a message, and nobody keeps more cards than this. */
const MOST_CARDS = 12;

/** The company's cards, each with what this person can do with it now. */
export function cardBlocks(cards: readonly CardFacts[], viewer: CardFacts['addedBy']): KnownBlock[] {
  return [
    { type: 'header', text: plain(words.title) },
    ...(cards.length === 0
      ? [section(words.none)]
      : cards.slice(0, MOST_CARDS).flatMap((card) => oneCard(card, viewer))),
    buttons(button(words.add, IDS.action.cardAdd, { primary: cards.length === 0 })),
  ];
}

function oneCard(card: CardFacts, viewer: CardFacts['addedBy']): KnownBlock[] {
  const state = words.states[card.state];
  const value = card.cardId.toString();
  const isMine = card.addedBy.teamId === viewer.teamId && card.addedBy.userId === viewer.userId;
  const acts = [
    ...(card.state === 'unclaimed' && isMine
      ? [button(words.yes(card), IDS.action.cardClaim, { value, primary: true })]
      : []),
    ...(card.check === null
      ? []
      : [button(words.enterAmount, IDS.action.cardAmount, { value: card.check.token, primary: true })]),
    ...(card.state === 'usable' && !card.isDefault
      ? [button(words.makeDefault, IDS.action.cardDefault, { value })]
      : []),
    ...(card.state === 'usable' && !card.isDefault && !card.isFallback
      ? [button(words.makeFallback, IDS.action.cardFallback, { value })]
      : []),
    {
      ...button(words.remove, IDS.action.cardRemove, { value }),
      confirm: {
        title: plain(words.remove),
        text: plain(words.removeSure(card)),
        confirm: plain(words.remove),
        deny: plain(words.keep),
        style: 'danger' as const,
      },
    },
  ];
  return [section(state === '' ? words.line(card) : `${words.line(card)}\n${state}`), buttons(...acts)];
}

/** Asks whoever opened the card page about the card that came of it. */
export function questionBlocks(card: CardFacts, company: string): KnownBlock[] {
  const value = card.cardId.toString();
  return [
    section(words.isItYours(card, company)),
    buttons(
      button(words.yes(card), IDS.action.cardClaim, { value, primary: true }),
      button(words.no, IDS.action.cardDisown, { value }),
    ),
  ];
}

/** What came of the answer, with the next step where there is one. */
export function claimedBlocks(text: string, checkToken: string | null): KnownBlock[] {
  return [
    section(text),
    ...(checkToken === null
      ? []
      : [buttons(button(words.enterAmount, IDS.action.cardAmount, { value: checkToken, primary: true }))]),
  ];
}

/** The way to the processor's page. */
export function addCardBlocks(url: string): KnownBlock[] {
  return [section(words.addIntro), buttons(linkButton(words.openPage, url, { primary: true }))];
}

/** Where the amount of the small charge, or its code, is entered. */
export function amountView(card: CardFacts, check: CheckFacts): ModalView {
  return {
    type: 'modal',
    callback_id: IDS.view.cardAmount,
    private_metadata: check.token,
    title: plain(words.confirmTitle),
    submit: plain(words.confirm),
    close: plain('Cancel'),
    blocks: [
      section(words.confirmIntro(card, check)),
      ...(check.actionUrl === null ? [] : [section(words.bankAsks(check.actionUrl))]),
      {
        type: 'input',
        block_id: IDS.field.cardAmount,
        label: plain(check.takesCode ? words.amountLabel : words.amountOnlyLabel),
        hint: plain(words.amountHint),
        element: { type: 'plain_text_input', action_id: IDS.field.cardAmount, max_length: 40 },
      },
    ],
  };
}

/** The window once the amount was judged. */
export function saidView(text: string): ModalView {
  return {
    type: 'modal',
    callback_id: IDS.view.purchaseResult,
    title: plain(words.confirmTitle),
    close: plain('Close'),
    blocks: [section(text)],
  };
}
