import type { BlockAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import {
  type AskedIn,
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
import { hasCode } from '../../../errors.ts';
import type { Person } from '../../../org/index.ts';
import { Refusal } from '../../access/require-person.ts';
import { section } from '../../kit/blocks.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { showAddedCard } from '../../screens/render-order.ts';
import { readActionValue } from '../../kit/click.ts';
import { type Message, replaceClicked, replyPrivately } from '../../kit/reply.ts';
import { cardWords as words } from '../../copy/index.ts';
import { addCardBlocks, amountView, cardBlocks, claimedBlocks, saidView } from './card-blocks.ts';
import { requireCardKeeper } from '../../access/require-card-manager.ts';
import { showCardCheck } from './show-check.ts';

type Click = (ctx: SlackContext, client: WebClient, who: Who, body: BlockAction) => Promise<void>;

/** `/credits card`, and the buttons that lead there: the company's cards. Throws a Refusal for who is no company admin. */
export async function drawCards(ctx: SlackContext, who: Who): Promise<Message> {
  const person = await requireCardKeeper(ctx, who);
  const cards = await readCards(ctx.db, person.company.id);
  return { text: words.title, blocks: cardBlocks(cards, person) };
}

export const showCards: Click = async (ctx, client, who, body) =>
  await replyPrivately(client, body, await drawCards(ctx, who));

export const addCard: Click = async (ctx, client, who, body) => {
  const person = await requireCardKeeper(ctx, who);
  const { url } = await startCardLink(ctx.billing, person, {});
  await replyPrivately(client, body, { text: words.addIntro, blocks: addCardBlocks(url) });
};

/** "Yes, it is mine": what comes of it stands where the question stood. */
export const claim: Click = async (ctx, client, who, body) => {
  const person = await requireCardKeeper(ctx, who);
  const card = await findClicked(ctx, person, body);
  const outcome = await orGone(() => claimCard(ctx.billing, person, card.cardId, messageOf(body)));
  const after = await readCard(ctx.db, person.company.id, card.cardId);
  const text = words.claimed[outcome](card);
  const token = outcome === 'asked' && after?.check?.state === 'waiting' ? after.check.token : null;
  await replaceClicked(client, body, { text, blocks: claimedBlocks(text, token) });
  // The check may be over before this was drawn.
  if (outcome === 'asked') await showCardCheck(ctx, { companyId: person.company.id, cardId: card.cardId });
};

export const disown: Click = async (ctx, client, who, body) => {
  const person = await requireCardKeeper(ctx, who);
  const card = await findClicked(ctx, person, body);
  await orGone(() => disownCard(ctx.billing, person, card.cardId));
  await showAddedCard(ctx, { companyId: person.company.id, cardId: card.cardId });
  const text = words.disowned(card);
  await replaceClicked(client, body, { text, blocks: [section(text)] });
};

export const makeDefault: Click = async (ctx, client, who, body) => {
  const person = await requireCardKeeper(ctx, who);
  const card = await findClicked(ctx, person, body);
  await orGone(() => chooseDefaultCard(ctx.billing, person, card.cardId));
  await replaceClicked(client, body, await drawCards(ctx, who));
};

export const makeFallback: Click = async (ctx, client, who, body) => {
  const person = await requireCardKeeper(ctx, who);
  const card = await findClicked(ctx, person, body);
  await orGone(() => chooseFallbackCard(ctx.billing, person, card.cardId));
  await replaceClicked(client, body, await drawCards(ctx, who));
};

export const remove: Click = async (ctx, client, who, body) => {
  const person = await requireCardKeeper(ctx, who);
  const card = await findClicked(ctx, person, body);
  await orGone(() => removeCard(ctx.billing, person, card.cardId));
  await replaceClicked(client, body, await drawCards(ctx, who));
};

/** Opens the window for the amount; a check that is over is told instead. */
export const enterAmount: Click = async (ctx, client, who, body) => {
  const person = await requireCardKeeper(ctx, who);
  const token = readActionValue(body);
  const cards = await readCards(ctx.db, person.company.id);
  const card = cards.find(({ check }) => check?.token === token);
  const view =
    card === undefined || card.check === null ? saidView(words.notWaiting) : amountView(card, card.check);
  await client.views.open({ trigger_id: body.trigger_id, view });
};

/** The direct message that was clicked: it follows the card's check. */
function messageOf({ container }: BlockAction): AskedIn | undefined {
  const { channel_id: channelId, message_ts: ts } = container;
  return typeof channelId === 'string' && typeof ts === 'string' ? { channelId, ts } : undefined;
}

/** The card that a button names, of the clicker's own company. Throws a Refusal when it is gone. */
async function findClicked(ctx: SlackContext, person: Person, body: BlockAction): Promise<CardFacts> {
  const value = readActionValue(body);
  const card = /^\d{1,18}$/.test(value) ? await readCard(ctx.db, person.company.id, BigInt(value)) : null;
  if (card === null) throw new Refusal(words.gone);
  return card;
}

async function orGone<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (hasCode(error, 'card-unknown')) throw new Refusal(words.gone);
    throw error;
  }
}
