import type { BlockAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { type LimitState, listLimitsFor, listSubjects } from '../../../limits/index.ts';
import { type Person, readEnforcement } from '../../../org/index.ts';
import { requirePerson, requireRight } from '../../access/require-person.ts';
import { limitCopy as copy, generalCopy } from '../../copy/index.ts';
import { readActionValue, type ViewClick } from '../../kit/click.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import type { Suggest } from '../../kit/long-lists.ts';
import { openModal } from '../../kit/open-modal.ts';
import { Refusal } from '../../kit/refusal.ts';
import type { Submission } from '../../kit/submission.ts';
import { viewerOf } from '../../kit/viewer.ts';
import { holds } from '../../rights.ts';
import { IDS } from './ids.ts';
import { addForm, changeForm, endView, limitsView, limitText, subjectOptions } from './limit-views.ts';

/** `/credits limits`. */
export async function openLimits(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  triggerId: string,
): Promise<void> {
  const loading = limitText(copy.loading);
  const start = { id: IDS.view.limits, who, triggerId, loading, textModal: limitText };
  await openModal(ctx, client, start, drawList(ctx, who, 0));
}

/** [Spending limits] on the Home tab. */
export async function showLimits(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  await openLimits(ctx, client, who, body.trigger_id);
}

/** [Set a limit] and [Change limit] in messages and on the Home tab: the form, of the limit that the button names. */
export async function openLimitForm(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  const start = {
    id: IDS.view.limitForm,
    who,
    triggerId: body.trigger_id,
    loading: limitText(copy.loading),
    textModal: limitText,
  };
  await openModal(ctx, client, start, drawForm(ctx, who, readActionValue(body)));
}

/** [Spending limits] in the settings: on top of them. */
export async function stackLimits(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const view = await drawList(ctx, click.who, 0);
  await client.views.push({ trigger_id: click.triggerId, view });
}

export async function turnLimits(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const page = /^\d{1,6}$/.test(click.value) ? Number(click.value) : 0;
  await client.views.update({ view_id: click.viewId, view: await drawList(ctx, click.who, page) });
}

/** [Add limit]: on top of the list. */
export async function openAddForm(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const person = await requireRight(ctx, click.who, 'set_limits');
  const view = addForm(await listSubjects(ctx.db, person));
  await client.views.push({ trigger_id: click.triggerId, view });
}

/** [Change] beside a limit: on top of the list. */
export async function openChangeForm(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const person = await requireRight(ctx, click.who, 'set_limits');
  const view = changeForm(await findOwnLimit(ctx, person, click.value), person.company.timeZone);
  await client.views.push({ trigger_id: click.triggerId, view });
}

/** [Remove limit] in its form. */
export async function askToEnd(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const person = await requireRight(ctx, click.who, 'set_limits');
  const view = endView(await findOwnLimit(ctx, person, click.value));
  await client.views.update({ view_id: click.viewId, view });
}

/** Whom one may limit, where the list is too long to come with its form. */
export const suggestSubjects: Suggest = async (ctx, { who }) =>
  subjectOptions(await listSubjects(ctx.db, await requireRight(ctx, who, 'set_limits')));

/** A limit that this person may change, by a number that went through a client. Throws a Refusal where there is none. */
export async function findOwnLimit(ctx: SlackContext, person: Person, value: string): Promise<LimitState> {
  const limit = await findChangeable(ctx, person, value);
  if (limit === undefined) throw new Refusal(generalCopy.outdated);
  return limit;
}

async function findChangeable(
  ctx: SlackContext,
  person: Person,
  value: string,
): Promise<LimitState | undefined> {
  const { limits } = await listLimitsFor(ctx.db, person, ctx.clock.now());
  return limits.find((each) => each.limitId.toString() === value && each.mayChange);
}

/** After a change: the list below the form shows it. Does nothing where that was closed meanwhile. */
export async function updateLimits(ctx: SlackContext, client: WebClient, of: Submission): Promise<void> {
  if (of.parentId === null) return;
  const view = await drawList(ctx, of.who, 0);
  await client.views.update({ view_id: of.parentId, view }).catch((error: unknown) => {
    ctx.log.debug({ err: error }, 'the list of spending limits was closed before it could be drawn again');
  });
}

/** The form; of a limit that ended meanwhile, or that others change, the list. */
async function drawForm(ctx: SlackContext, who: Who, value: string): Promise<ModalView> {
  if (value === '') {
    const person = await requireRight(ctx, who, 'set_limits');
    return addForm(await listSubjects(ctx.db, person));
  }
  const person = await requirePerson(ctx, who);
  const limit = await findChangeable(ctx, person, value);
  return limit === undefined ? await drawList(ctx, who, 0) : changeForm(limit, person.company.timeZone);
}

async function drawList(ctx: SlackContext, who: Who, page: number): Promise<ModalView> {
  const person = await requirePerson(ctx, who);
  const seen = await listLimitsFor(ctx.db, person, ctx.clock.now());
  const isEnforced = (await readEnforcement(ctx.db, person.company.id, ctx.clock.now())) === 'enforced';
  const may = { isEnforced, maySet: holds(person, 'set_limits'), seesCosts: holds(person, 'see_usage') };
  return limitsView(seen, { page, ...may }, viewerOf(ctx, person));
}
