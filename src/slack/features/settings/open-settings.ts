import type { BlockAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { openSettings as openDraft, readSettings } from '../../../billing/index.ts';
import { readQuietHours } from '../../../notices/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { settingsCopy as copy } from '../../copy/index.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import type { Suggest } from '../../kit/long-lists.ts';
import { openModal } from '../../kit/open-modal.ts';
import { IDS } from './ids.ts';
import { alertOptions, settingsForm, settingsText } from './settings-form.ts';

/** `/credits settings`. Throws a Refusal for who may set nothing. */
export async function openSettings(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  triggerId: string,
): Promise<void> {
  const loading = settingsText(copy.loading);
  const modal = { id: IDS.view.settingsForm, who, triggerId, loading, textModal: settingsText };
  await openModal(ctx, client, modal, drawForm(ctx, who));
}

/** [Settings] on the Home tab. */
export async function showSettings(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  await openSettings(ctx, client, who, body.trigger_id);
}

/** The alerts of a form that offers more than Slack takes in one list. */
export const suggestAlerts: Suggest = async (ctx, { who }) => {
  const person = await requireRight(ctx, who, 'change_settings');
  return alertOptions(await readSettings(ctx.db, person, ctx.clock.now()));
};

async function drawForm(ctx: SlackContext, who: Who): Promise<ModalView> {
  const person = await requireRight(ctx, who, 'change_settings');
  const hours = await readQuietHours(ctx.db, person.company.id);
  return settingsForm(await openDraft(ctx, person), person.company, hours);
}
