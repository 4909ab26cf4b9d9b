import type {
  App,
  BlockAction,
  Middleware,
  SlackActionMiddlewareArgs,
  SlackViewAction,
  SlackViewMiddlewareArgs,
} from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { forgetWorkspaceToken } from '../org/index.ts';
import { requireActive } from './access/require-person.ts';
import { section } from './kit/blocks.ts';
import { readActionValue, readSelected, type ViewClick } from './kit/click.ts';
import { type SlackContext, whoOf } from './kit/context.ts';
import { guard } from './kit/guard.ts';
import { registerSuggestions } from './kit/long-lists.ts';
import { replyTo } from './kit/reply.ts';
import { fitToForm, type Submission, type Submit } from './kit/submission.ts';
import { ALLOWED_WHILE_SUSPENDED_IDS, listeners, READ_ONLY_IDS, textModals } from './listeners.ts';
import type { HomeWatch } from './screens/home/home-watch.ts';
import { purchaseText } from './screens/purchase-modal.ts';

type ActionListener = Middleware<SlackActionMiddlewareArgs<BlockAction>>;
type SubmissionListener = Middleware<SlackViewMiddlewareArgs<SlackViewAction>>;

/** Fits every id: Bolt asks each listener that it has about each delivery, so it has one for a kind, which looks the id up. */
const ANY_ID = /^/;

/** Registers the table with the app; decides nothing. */
export function registerListeners(app: App, ctx: SlackContext, homes: HomeWatch): void {
  for (const [name, handler] of Object.entries(listeners.commands))
    app.command(name, (args) => handler(ctx, args));
  const actions = listActions(ctx);
  app.action<BlockAction>(ANY_ID, async (args) => await actions.get(args.action.action_id)?.(args));
  const submissions = new Map(
    Object.entries(listeners.submissions).map(([id, handler]) => [id, answerSubmission(ctx, id, handler)]),
  );
  app.view<SlackViewAction>(ANY_ID, async (args) => await submissions.get(args.view.callback_id)?.(args));
  registerSuggestions(app, ctx, listeners.suggestions);
  registerEvents(app, ctx, homes);
}

/** What answers each button and list of messages, modals and the Home tab. */
function listActions(ctx: SlackContext): ReadonlyMap<string, ActionListener> {
  const actions = new Map<string, ActionListener>();
  for (const [id, handler] of Object.entries(listeners.messageActions)) {
    actions.set(id, async ({ ack, body, client }) => {
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
    actions.set(id, async ({ ack, body, client }) => {
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
    actions.set(id, async ({ ack, body, client }) => {
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
  for (const id of listeners.ignoredActions) actions.set(id, ({ ack }) => ack());
  return actions;
}

function answerSubmission(ctx: SlackContext, id: string, handler: Submit): SubmissionListener {
  return async ({ ack, body, view, client }) => {
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
        await ack(fitToForm(await handler(ctx, submission), view.blocks, textModalOf(id)));
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
  };
}

function textModalOf(id: string): (text: string) => ModalView {
  return textModals[id] ?? purchaseText;
}

function registerEvents(app: App, ctx: SlackContext, homes: HomeWatch): void {
  app.event('app_home_opened', async ({ event, body, client, context }) => {
    // A workspace that removed the app has no token any more, and nothing can be shown there.
    if (event.tab !== 'home' || context.botToken === undefined) return;
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
