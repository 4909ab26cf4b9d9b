import type { BlockAction } from '@slack/bolt';
import {
  type CardFacts,
  chooseDefaultCard,
  chooseFallbackCard,
  claimCard,
  disownCard,
  readCard,
  readCards,
  removeCard,
  startCardLink,
} from '../../../billing/index.ts';
import type { Person } from '../../../org/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { cardCopy as copy } from '../../copy/index.ts';
import { section } from '../../kit/blocks.ts';
import { type MessageClick, readActionValue, readMessage } from '../../kit/click.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { orRefuse, Refusal } from '../../kit/refusal.ts';
import { type Message, replaceClicked, replyPrivately } from '../../kit/reply.ts';
import { amountView } from '../../screens/card-check-form.ts';
import { showAddedCard } from '../../screens/render-order.ts';
import { addCardBlocks, cardBlocks, cardText, claimedBlocks } from './card-blocks.ts';
import { showCardCheck } from './show-check.ts';

/** `/credits card`, and the buttons that lead there: the company's cards. Throws a Refusal for who is no company admin. */
export async function renderCards(ctx: SlackContext, who: Who): Promise<Message> {
  const person = await requireRight(ctx, who, 'manage_cards');
  const cards = await readCards(ctx.db, person.company.id);
  return { text: copy.title, blocks: cardBlocks(cards, person) };
}

export const showCards: MessageClick = async (ctx, client, who, body) =>
  await replyPrivately(client, body, await renderCards(ctx, who));

export const addCard: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'manage_cards');
  const { url } = await startCardLink(ctx.billing, person, {});
  await replyPrivately(client, body, { text: copy.addIntro, blocks: addCardBlocks(url) });
};

/** "Yes, it is mine": what comes of it stands where the question stood. */
export const claim: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'manage_cards');
  const card = await findClicked(ctx, person, body);
  const outcome = await orRefuse('card', () =>
    claimCard(ctx.billing, person, card.cardId, readMessage(body)),
  );
  const after = await readCard(ctx.db, person.company.id, card.cardId);
  const text = copy.claimed[outcome](card);
  const token = outcome === 'asked' && after?.check?.state === 'waiting' ? after.check.token : null;
  await replaceClicked(client, body, { text, blocks: claimedBlocks(text, token) });
  // The check may be over before this was rendered.
  if (outcome === 'asked') await showCardCheck(ctx, { companyId: person.company.id, cardId: card.cardId });
};

export const disown: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'manage_cards');
  const card = await findClicked(ctx, person, body);
  await orRefuse('card', () => disownCard(ctx.billing, person, card.cardId));
  await showAddedCard(ctx, { companyId: person.company.id, cardId: card.cardId });
  const text = copy.disowned(card);
  await replaceClicked(client, body, { text, blocks: [section(text)] });
};

export const makeDefault: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'manage_cards');
  const card = await findClicked(ctx, person, body);
  await orRefuse('card', () => chooseDefaultCard(ctx.billing, person, card.cardId));
  await replaceClicked(client, body, await renderCards(ctx, who));
};

export const makeFallback: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'manage_cards');
  const card = await findClicked(ctx, person, body);
  await orRefuse('card', () => chooseFallbackCard(ctx.billing, person, card.cardId));
  await replaceClicked(client, body, await renderCards(ctx, who));
};

export const remove: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'manage_cards');
  const card = await findClicked(ctx, person, body);
  await orRefuse('card', () => removeCard(ctx.billing, person, card.cardId));
  await replaceClicked(client, body, await renderCards(ctx, who));
};

/** Opens the modal for the amount; a check that is over is told instead. */
export const enterAmount: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'manage_cards');
  const token = readActionValue(body);
  const cards = await readCards(ctx.db, person.company.id);
  const card = cards.find(({ check }) => check?.token === token);
  const view =
    card === undefined || card.check === null ? cardText(copy.notWaiting) : amountView(card, card.check);
  await client.views.open({ trigger_id: body.trigger_id, view });
};

/** The card that a button names, of the clicker's own company. Throws a Refusal when it is gone. */
async function findClicked(ctx: SlackContext, person: Person, body: BlockAction): Promise<CardFacts> {
  const value = readActionValue(body);
  const card = /^\d{1,18}$/.test(value) ? await readCard(ctx.db, person.company.id, BigInt(value)) : null;
  if (card === null) throw new Refusal(copy.gone);
  return card;
}
