/** Closing a modal: the top one, or all of them. */
import { announceStack } from '../change-views.ts';
import { sendInteraction } from '../deliver/send-interaction.ts';
import { interactionBase, viewOutput } from '../payloads.ts';
import type { ActResult } from '../protocol.ts';
import { slackText } from '../slack-text.ts';
import { closeFrom, readStack, type StoredView } from '../store/views.ts';
import type { Workspace } from '../workspace.ts';
import { acting, actor, Refusal } from './act.ts';

/** Closes; each closed view that asked for it is told to the app as view_closed, top first, after the fact. */
export const closeView = (
  workspace: Workspace,
  { as, viewId, all }: { as: string; viewId: string; all: boolean },
): Promise<ActResult> =>
  acting(async () => {
    const person = await actor(workspace, as);
    const { closed, cleared } = await workspace.database.transaction(async (sql) => {
      const stack = await readStack(sql, person.id, true);
      const view = stack.find(({ id }) => id === viewId);
      const bottom = stack[0];
      if (view === undefined || bottom === undefined) throw new Refusal(slackText.viewGone);
      const cleared = all || view.body.clear_on_close === true;
      const from = cleared ? bottom : view;
      await closeFrom(sql, from);
      return { closed: stack.slice(from.depth).reverse(), cleared };
    });
    await announceStack(workspace, person.id);
    const tellApp = (view: StoredView) =>
      sendInteraction(workspace, 'interaction', {
        type: 'view_closed',
        ...interactionBase(workspace, person),
        view: viewOutput(workspace, view),
        is_cleared: cleared,
      });
    for (const view of closed) if (view.body.notify_on_close === true) await tellApp(view);
    return { ok: true };
  });
