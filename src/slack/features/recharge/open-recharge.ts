import type { BlockAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import {
  acceptSuggestedAmount,
  openRechargeDraft,
  type RechargeFacts,
  readCards,
  readRecharges,
  resumeRecharge,
} from '../../../billing/index.ts';
import type { Person } from '../../../org/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { rechargeCopy as copy, generalCopy } from '../../copy/index.ts';
import { type MessageClick, readActionValue, type ViewClick } from '../../kit/click.ts';
import { quoteTyped, type Subcommand } from '../../kit/command.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import type { Suggest } from '../../kit/long-lists.ts';
import { openModal } from '../../kit/open-modal.ts';
import { Refusal } from '../../kit/refusal.ts';
import { replyPrivately } from '../../kit/reply.ts';
import { readShown } from '../../kit/shown-charge.ts';
import { holds } from '../../rights.ts';
import { explainWithoutField } from './explain-fault.ts';
import { IDS } from './ids.ts';
import { capForm, rechargeForm, rechargeText, walletOptions } from './recharge-views.ts';

/** Opens the modal, at some credits of their own where these are named; `isOn` was said already. Throws a Refusal for who may not set it anywhere. */
export async function openRecharge(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  start: { triggerId: string; isOn?: boolean; walletId?: string },
): Promise<void> {
  const { triggerId } = start;
  const modal = {
    id: IDS.view.rechargeForm,
    who,
    triggerId,
    loading: rechargeText(copy.loading),
    textModal: rechargeText,
  };
  await openModal(ctx, client, modal, drawForm(ctx, who, start));
}

/** `/credits auto-recharge [on|off]`. */
export const runAutoRecharge: Subcommand['run'] = async (ctx, { client, who, rest, triggerId }) => {
  const typed = rest.plain;
  const word = typed.toLowerCase();
  const isOn = word === 'on' ? true : word === 'off' ? false : undefined;
  if (isOn === undefined && word !== '')
    throw new Refusal(generalCopy.unknownCommand(quoteTyped(`auto-recharge ${typed}`), 'auto-recharge'));
  await openRecharge(ctx, client, who, { triggerId, ...(isOn === undefined ? {} : { isOn }) });
  return null;
};

async function drawForm(
  ctx: SlackContext,
  who: Who,
  start: { isOn?: boolean; walletId?: string },
): Promise<ModalView> {
  const person = await requireRight(ctx, who, 'buy');
  const all = await readRecharges(ctx, person);
  const first = all.find(({ walletId }) => walletId.toString() === start.walletId) ?? all[0];
  if (first === undefined) throw new Refusal(copy.outdated);
  const { token } = await openRechargeDraft(ctx.billing, person, first.walletId, first);
  return await drawFields(ctx, person, { token, facts: first, all, isOn: start.isOn ?? first.isOn });
}

/** The fields for some credits, with a word on top where there is no card that could be charged. */
async function drawFields(
  ctx: SlackContext,
  person: Person,
  { token, facts, all, isOn }: { token: string; facts: RechargeFacts; all: RechargeFacts[]; isOn: boolean },
): Promise<ModalView> {
  const { company } = person;
  const canCharge =
    company.billingMethod !== 'card' ||
    (await readCards(ctx.db, company.id)).some(({ state }) => state === 'usable');
  const noCard = canCharge ? null : copy.noCardYet(holds(person, 'manage_cards'));
  return rechargeForm(token, facts, all, { company, isOn, noCard });
}

/** [Auto-recharge], or [Turn on] for the credits that the button names. */
export async function showRecharge(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  const [, on, walletId = ''] = /^(on:)?(\d*)$/.exec(readActionValue(body)) ?? [];
  const start = { triggerId: body.trigger_id, walletId, ...(on === undefined ? {} : { isOn: true }) };
  await openRecharge(ctx, client, who, start);
}

/** [Turn off], for the credits that the button names: the modal opens switched off. */
export const turnOffRecharge: MessageClick = async (ctx, client, who, body) =>
  await openRecharge(ctx, client, who, {
    triggerId: body.trigger_id,
    walletId: readActionValue(body),
    isOn: false,
  });

/** Other credits were chosen in the modal: its fields become theirs. */
export async function chooseRechargeScope(
  ctx: SlackContext,
  client: WebClient,
  click: ViewClick,
): Promise<void> {
  const person = await requireRight(ctx, click.who, 'buy');
  const all = await readRecharges(ctx, person);
  const facts = findWallet(all, click.selected ?? '');
  const { token } = await openRechargeDraft(ctx.billing, person, facts.walletId, facts);
  const view = await drawFields(ctx, person, { token, facts, all, isOn: facts.isOn });
  await client.views.update({ view_id: click.viewId, view });
}

/** The offices of a form that offers more than Slack takes in one list. */
export const suggestWallets: Suggest = async (ctx, { who }) =>
  walletOptions(await readRecharges(ctx, await requireRight(ctx, who, 'buy')));

/** "Raise cap…": company admins alone. */
export async function askForCap(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  const person = await requireRight(ctx, who, 'change_limits');
  const facts = findWallet(await readRecharges(ctx, person), readActionValue(body));
  const { token } = await openRechargeDraft(ctx.billing, person, facts.walletId);
  await client.views.open({ trigger_id: body.trigger_id, view: capForm(token, facts, person.company) });
}

/** One click takes the larger amount (R12). */
export async function acceptSuggestion(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  const person = await requireRight(ctx, who, 'buy');
  try {
    const done = await acceptSuggestedAmount(ctx.billing, person, readShown(readActionValue(body)));
    await replyPrivately(client, body, { text: done === null ? copy.outdated : copy.suggested(done) });
  } catch (error) {
    throw new Refusal(explainWithoutField(error));
  }
}

/** One click of a company admin resumes what a refund paused (R16); a second one finds nothing paused. */
export async function resumeRecharging(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  const person = await requireRight(ctx, who, 'change_limits');
  const { walletId, label } = findWallet(await readRecharges(ctx, person), readActionValue(body));
  try {
    const done = await resumeRecharge(ctx.billing, person, walletId);
    await replyPrivately(client, body, { text: copy.resumed(label, done) });
  } catch (error) {
    throw new Refusal(explainWithoutField(error));
  }
}

function findWallet(all: readonly RechargeFacts[], id: string): RechargeFacts {
  const facts = all.find(({ walletId }) => walletId.toString() === id);
  if (facts === undefined) throw new Refusal(copy.outdated);
  return facts;
}
