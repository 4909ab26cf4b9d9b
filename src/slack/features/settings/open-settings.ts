import type { BlockAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { openSettings as openDraft, readSettings } from '../../../billing/index.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { IDS } from '../../ids.ts';
import { openWindow } from '../../kit/open-modal.ts';
import type { Suggest } from '../../kit/long-lists.ts';
import { settingsWords as words } from '../../copy/index.ts';
import { alertOptions, settingsForm, settingsSaid } from './settings-form.ts';
import { requireSettingsKeeper } from '../../access/require-settings-manager.ts';

/** `/credits settings`. Throws a Refusal for who may set nothing. */
export async function openSettings(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  triggerId: string,
): Promise<void> {
  const loading = settingsSaid(words.loading);
  const window = { id: IDS.view.settingsForm, who, triggerId, loading, say: settingsSaid };
  await openWindow(ctx, client, window, drawForm(ctx, who));
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
  const person = await requireSettingsKeeper(ctx, who);
  return alertOptions(await readSettings(ctx.db, person, ctx.clock.now()));
};

async function drawForm(ctx: SlackContext, who: Who): Promise<ModalView> {
  const person = await requireSettingsKeeper(ctx, who);
  return settingsForm(await openDraft(ctx, person), person.company);
}
