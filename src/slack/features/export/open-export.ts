import type { BlockAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { hasCode } from '../../../errors.ts';
import { type Person, visibleOffices } from '../../../org/index.ts';
import {
  decodeQuery,
  draftExport,
  type ExportQuery,
  findExportDraft,
  listFirstPeople,
  listPeople,
  readPeriod,
} from '../../../usage/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { exportCopy as copy } from '../../copy/index.ts';
import { type ModalClick, readActionValue } from '../../kit/click.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import type { Suggest } from '../../kit/long-lists.ts';
import { openModal } from '../../kit/open-modal.ts';
import { orRefuse, Refusal } from '../../kit/refusal.ts';
import { decodeFormToken, exportFormView, exportText, namedOptions } from './export-form.ts';
import { IDS } from './ids.ts';

/** One more than Slack takes in one list: then it asks for them as the person types. */
const MAX_PEOPLE = 101;
const OWN_CONVERSATION = 'directmessage';

export interface ExportStart {
  triggerId: string;
  /** Where it was asked; a conversation with the app itself is no place of its own. */
  channel: { id: string; name: string } | null;
  /** What to fill in: a period as it was typed, or what a button carries. */
  fill: { typed: string } | { query: ExportQuery | null };
}

/** `/credits export [period]`. Throws a Refusal for who may not see usage, and for a period that is none. */
export async function openExport(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  start: ExportStart,
): Promise<void> {
  const { triggerId } = start;
  const loading = exportText(copy.loading);
  const modal = { id: IDS.view.exportForm, who, triggerId, loading, textModal: exportText };
  await openModal(ctx, client, modal, drawForm(ctx, who, start));
}

/** [Export CSV] under usage that is on screen: the modal with the same filters. */
export async function openExportClick(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  const { id, name } = body.channel ?? {};
  await openExport(ctx, client, who, {
    triggerId: body.trigger_id,
    channel: id === undefined ? null : { id, name: name ?? '' },
    fill: { query: decodeQuery(readActionValue(body)) },
  });
}

async function drawForm(ctx: SlackContext, who: Who, start: ExportStart): Promise<ModalView> {
  const person = await requireRight(ctx, who, 'see_usage');
  const channel = start.channel?.name === OWN_CONVERSATION ? null : start.channel;
  const query = fillIn(person, start.fill, ctx.clock.now());
  const [facts, people] = await Promise.all([
    draft(ctx, person, query, channel?.id ?? null),
    listFirstPeople(ctx.db, person, { limit: MAX_PEOPLE, chosen: query.memberIds ?? [] }),
  ]);
  return exportFormView({
    facts,
    person,
    people,
    now: ctx.clock.now(),
    channelName: channel?.name ?? null,
  });
}

/** A month or a custom range was chosen, which alone asks for dates; what else was filled in stays. */
export const choosePeriod: ModalClick = async (ctx, client, { who, viewId, token, selected = '' }) => {
  const person = await requireRight(ctx, who, 'see_usage');
  const form = decodeFormToken(token);
  const facts = await orRefuse('export', () => findExportDraft(ctx, person, form.token));
  const chosen = { limit: MAX_PEOPLE, chosen: facts.query.memberIds ?? [] };
  const people = await listFirstPeople(ctx.db, person, chosen);
  const now = ctx.clock.now();
  const channelName = facts.askedIn === null ? null : form.channelName;
  const view = exportFormView({ facts, person, people, now, channelName, period: selected });
  await client.views.update({ view_id: viewId, view });
};

/** People whose usage may be exported, by what was typed of their names. */
export const suggestExportPeople: Suggest = async (ctx, { who, typed }) => {
  const person = await requireRight(ctx, who, 'see_usage');
  return namedOptions(await listPeople(ctx.db, person, { limit: MAX_PEOPLE, typed: typed.trim() }));
};

/** The offices of a form that offers more than Slack takes in one list. */
export const suggestExportOffices: Suggest = async (ctx, { who }) =>
  namedOptions(visibleOffices(await requireRight(ctx, who, 'see_usage')));

function fillIn(person: Person, fill: ExportStart['fill'], now: Date): ExportQuery {
  const { timeZone } = person.company;
  if ('query' in fill && fill.query !== null) return fill.query;
  const period = readPeriod('typed' in fill ? fill.typed : '', timeZone, now);
  if (period === null) throw new Refusal(copy.badPeriod);
  return period;
}

/** A button may name what its clicker may not see: then the modal opens without it. */
async function draft(ctx: SlackContext, person: Person, query: ExportQuery, askedIn: string | null) {
  try {
    return await draftExport(ctx, person, { query, askedIn });
  } catch (error) {
    if (!hasCode(error, 'not-allowed')) throw error;
    return await draftExport(ctx, person, { query: { from: query.from, to: query.to }, askedIn });
  }
}
