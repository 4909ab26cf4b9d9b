import type { KnownBlock, ModalView } from '@slack/types';
import type { CardFacts } from '../../../billing/index.ts';
import { cardCopy as copy } from '../../copy/index.ts';
import { button, buttons, linkButton, section } from '../../kit/blocks.ts';
import { plain } from '../../kit/modal.ts';
import { IDS } from './ids.ts';

/** Slack takes 50 blocks a message, and no one keeps more cards than this. */
const MAX_CARDS = 12;

/** The company's cards, each with what this person can do with it now. */
export function cardBlocks(cards: readonly CardFacts[], viewer: CardFacts['addedBy']): KnownBlock[] {
  return [
    { type: 'header', text: plain(copy.title) },
    ...(cards.length === 0
      ? [section(copy.none)]
      : cards.slice(0, MAX_CARDS).flatMap((card) => oneCard(card, viewer))),
    buttons(button(copy.add, IDS.action.cardAdd, { primary: cards.length === 0 })),
  ];
}

function oneCard(card: CardFacts, viewer: CardFacts['addedBy']): KnownBlock[] {
  const state = copy.states[card.state];
  const value = card.cardId.toString();
  const isMine = card.addedBy.teamId === viewer.teamId && card.addedBy.userId === viewer.userId;
  const acts = [
    ...(card.state === 'unclaimed' && isMine
      ? [button(copy.yes(card), IDS.action.cardClaim, { value, primary: true })]
      : []),
    ...(card.check === null
      ? []
      : [button(copy.enterAmount, IDS.action.cardAmount, { value: card.check.token, primary: true })]),
    ...(card.state === 'usable' && !card.isDefault
      ? [button(copy.makeDefault, IDS.action.cardDefault, { value })]
      : []),
    ...(card.state === 'usable' && !card.isDefault && !card.isFallback
      ? [button(copy.makeFallback, IDS.action.cardFallback, { value })]
      : []),
    {
      ...button(copy.remove, IDS.action.cardRemove, { value }),
      confirm: {
        title: plain(copy.remove),
        text: plain(copy.removeSure(card)),
        confirm: plain(copy.remove),
        deny: plain(copy.keep),
        style: 'danger' as const,
      },
    },
  ];
  return [section(state === '' ? copy.line(card) : `${copy.line(card)}\n${state}`), buttons(...acts)];
}

/** Asks whoever opened the card page about the card that came of it. */
export function questionBlocks(card: CardFacts, company: string): KnownBlock[] {
  const value = card.cardId.toString();
  return [
    section(copy.isItYours(card, company)),
    buttons(
      button(copy.yes(card), IDS.action.cardClaim, { value, primary: true }),
      button(copy.no, IDS.action.cardDisown, { value }),
    ),
  ];
}

/** What came of the answer, with the next step where there is one. */
export function claimedBlocks(text: string, checkToken: string | null): KnownBlock[] {
  return [
    section(text),
    ...(checkToken === null
      ? []
      : [buttons(button(copy.enterAmount, IDS.action.cardAmount, { value: checkToken, primary: true }))]),
  ];
}

/** The way to the processor's page. */
export function addCardBlocks(url: string): KnownBlock[] {
  return [section(copy.addIntro), buttons(linkButton(copy.openPage, url, { primary: true }))];
}

/** The modal once the amount was judged. */
export function cardText(text: string): ModalView {
  return {
    type: 'modal',
    callback_id: IDS.view.cardResult,
    title: plain(copy.confirmTitle),
    close: plain('Close'),
    blocks: [section(text)],
  };
}
