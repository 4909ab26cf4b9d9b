import type { WebClient } from '@slack/web-api';
import { readOrder } from '../../../billing/index.ts';
import { SECOND_MS } from '../../../durations.ts';
import { requireRight } from '../../access/require-person.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { readShown } from '../../kit/shown-charge.ts';
import { renderOrder } from '../../screens/render-order.ts';

const REDRAW_AFTER_MS = SECOND_MS;

/** Modals that are about to be rendered once more, and how to give that up. */
const pending = new Map<string, AbortController>();

/** A person clicked in the modal, so they saw what it shows: rendering it again would take away what they opened. */
export function leaveAlone(viewId: string): void {
  pending.get(viewId)?.abort();
  pending.delete(viewId);
}

/**
 * The charge may be through before Slack has rendered our answer, which would then cover the outcome with "adding…".
 * So a moment later the purchase is looked at once more.
 */
export async function updateLater(
  ctx: SlackContext,
  client: WebClient,
  window: { who: Who; viewId: string; token: string },
): Promise<void> {
  leaveAlone(window.viewId);
  const redraw = new AbortController();
  pending.set(window.viewId, redraw);
  await new Promise((resolve) => setTimeout(resolve, REDRAW_AFTER_MS).unref());
  if (pending.get(window.viewId) === redraw) pending.delete(window.viewId);
  if (redraw.signal.aborted) return;
  const person = await requireRight(ctx, window.who, 'buy');
  let drawn: string | null = null;
  // The purchase may move on between our look and our rendering, and be rendered by others in that moment: so after each
  // rendering it is looked at again, until what was rendered is how it stands.
  for (let tries = 0; tries < 3; tries += 1) {
    const order = await readOrder(ctx.billing, person, readShown(window.token).token);
    if (order.state === drawn || ['draft', 'confirmed', 'charging'].includes(order.state)) return;
    drawn = order.state;
    try {
      await client.views.update({ view_id: window.viewId, view: await renderOrder(ctx, person, order) });
    } catch (error) {
      ctx.log.debug({ err: error }, 'the window was closed before it could be drawn again');
      return;
    }
  }
}
