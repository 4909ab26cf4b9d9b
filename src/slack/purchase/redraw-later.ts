import type { WebClient } from '@slack/web-api';
import { readOrder } from '../../billing/index.ts';
import { requireBuyer } from '../access/require-person.ts';
import type { SlackContext, Who } from '../context.ts';
import { resultView } from './modal.ts';

const REDRAW_AFTER_MS = 1_000;

/**
 * The charge may be through before Slack has drawn our answer, which would then cover the outcome with "adding…".
 * So a moment later the purchase is looked at once more.
 */
export async function redrawLater(
  ctx: SlackContext,
  client: WebClient,
  window: { who: Who; viewId: string; token: string },
): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, REDRAW_AFTER_MS).unref());
  const person = await requireBuyer(ctx, window.who);
  const order = await readOrder(ctx.billing, person, window.token);
  if (order.state === 'draft' || order.state === 'confirmed' || order.state === 'charging') return;
  await client.views.update({ view_id: window.viewId, view: resultView(order) }).catch((error: unknown) => {
    ctx.log.debug({ err: error }, 'the window was closed before it could be drawn again');
  });
}
