import type { App, BlockAction, SlackViewAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { forgetWorkspaceToken } from '../org/index.ts';
import { requireActive } from './access/require-person.ts';
import { section } from './kit/blocks.ts';
import { readActionValue, readSelected, type ViewClick } from './kit/click.ts';
import { type SlackContext, whoOf } from './kit/context.ts';
import { guard } from './kit/guard.ts';
import { registerSuggestions } from './kit/long-lists.ts';
import { replyTo } from './kit/reply.ts';
import type { Submission, Submit } from './kit/submission.ts';
import { ALLOWED_WHILE_SUSPENDED_IDS, listeners, READ_ONLY_IDS, textModals } from './listeners.ts';
import type { HomeWatch } from './screens/home/home-watch.ts';
import { purchaseText } from './screens/purchase-modal.ts';

/** Registers the table with the app; decides nothing. */
export function registerListeners(app: App, ctx: SlackContext, homes: HomeWatch): void {
  for (const [name, handler] of Object.entries(listeners.commands))
    app.command(name, (args) => handler(ctx, args));
  for (const [id, handler] of Object.entries(listeners.messageActions)) {
    app.action<BlockAction>(id, async ({ ack, body, client }) => {
      await ack();
      const who = whoOf(body);
      const work = async (): Promise<void> => {
        if (!READ_ONLY_IDS.has(id))
          await requireActive(ctx, who, { isLooking: ALLOWED_WHILE_SUSPENDED_IDS.has(id) });
        await handler(ctx, client, who, body);
      };
      await guard(ctx, { id, who }, work, replyTo(client, body));
    });
  }
  for (const [id, handler] of Object.entries(listeners.claimActions)) {
    app.action<BlockAction>(id, async ({ ack, body, client }) => {
      const who = whoOf(body);
      let isAcked = false;
      const ackOnce = async (): Promise<void> => {
        if (isAcked) return;
        isAcked = true;
        await ack();
      };
      const work = async (): Promise<void> => {
        if (!READ_ONLY_IDS.has(id))
          await requireActive(ctx, who, { isLooking: ALLOWED_WHILE_SUSPENDED_IDS.has(id) });
        await handler(ctx, client, who, body, ackOnce);
      };
      await guard(ctx, { id, who }, work, async (text, blocks) => {
        await ackOnce();
        return await replyTo(client, body)(text, blocks);
      });
    });
  }
  for (const [id, handler] of Object.entries(listeners.viewActions)) {
    app.action<BlockAction>(id, async ({ ack, body, client }) => {
      await ack();
      const click: ViewClick = {
        who: whoOf(body),
        viewId: body.view?.id ?? '',
        triggerId: body.trigger_id,
        token: body.view?.private_metadata ?? '',
        selected: readSelected(body),
        value: readActionValue(body),
      };
      const reply = (text: string): Promise<unknown> =>
        client.views.update({ view_id: click.viewId, view: textModalOf(id)(text) });
      const act = async (): Promise<void> => {
        if (!READ_ONLY_IDS.has(id))
          await requireActive(ctx, click.who, { isLooking: ALLOWED_WHILE_SUSPENDED_IDS.has(id) });
        await handler(ctx, client, click);
      };
      await guard(ctx, { id, who: click.who }, act, reply);
    });
  }
  for (const id of listeners.ignoredActions) app.action(id, ({ ack }) => ack());
  for (const [id, handler] of Object.entries(listeners.submissions))
    registerSubmission(app, ctx, id, handler);
  registerSuggestions(app, ctx, listeners.suggestions);
  registerEvents(app, ctx, homes);
}

function registerSubmission(app: App, ctx: SlackContext, id: string, handler: Submit): void {
  app.view<SlackViewAction>(id, async ({ ack, body, view, client }) => {
    const who = whoOf(body);
    const submission: Submission = {
      who,
      viewId: view.id,
      parentId: view.previous_view_id,
      token: view.private_metadata,
      values: view.state.values,
    };
    await guard(
      ctx,
      { id, who },
      async () => {
        if (!READ_ONLY_IDS.has(id))
          await requireActive(ctx, who, { isLooking: ALLOWED_WHILE_SUSPENDED_IDS.has(id) });
        await ack(await handler(ctx, submission));
      },
      (text) => ack({ response_action: 'update', view: textModalOf(id)(text) }),
    );
    const update = listeners.afterSubmissions[id];
    if (update !== undefined)
      await guard(
        ctx,
        { id, who },
        () => update(ctx, client, submission),
        async () => undefined,
      );
  });
}

function textModalOf(id: string): (text: string) => ModalView {
  return textModals[id] ?? purchaseText;
}

function registerEvents(app: App, ctx: SlackContext, homes: HomeWatch): void {
  app.event('app_home_opened', async ({ event, body, client }) => {
    if (event.tab !== 'home') return;
    const who = { teamId: body.team_id, userId: event.user };
    const failed = async (text: string): Promise<unknown> =>
      client.views.publish({ user_id: who.userId, view: { type: 'home', blocks: [section(text)] } });
    await guard(ctx, { id: 'app_home_opened', who }, () => homes.opened(who), failed);
  });
  app.event('app_uninstalled', async ({ body }) => {
    await forgetWorkspaceToken(ctx, body.team_id);
    ctx.log.warn({ team: body.team_id }, 'the app was uninstalled; its token is forgotten');
  });
  app.event('tokens_revoked', async ({ event, body }) => {
    if ((event.tokens.bot ?? []).length === 0) return;
    await forgetWorkspaceToken(ctx, body.team_id);
    ctx.log.warn({ team: body.team_id }, 'the app’s token was revoked; it is forgotten');
  });
}
