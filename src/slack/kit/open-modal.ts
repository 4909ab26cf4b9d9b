import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { SlackContext, Who } from './context.ts';
import { guard } from './guard.ts';

/** A trigger is good for three seconds; a window opens well before that, with or without the data. */
const OPEN_WITHIN_MS = 700;

export interface WindowStart {
  /** What the log calls it. */
  id: string;
  who: Who;
  triggerId: string;
  /** What stands in it while its content takes longer than a blink. */
  loading: ModalView;
  /** A window that only says something, where the content turns out to be none. */
  say(words: string): ModalView;
}

/**
 * Opens a window with what is being drawn; where that takes long, with a word first. What `drawing` throws before the
 * window is open is passed on; later it is said in the window.
 */
export async function openWindow(
  ctx: SlackContext,
  client: WebClient,
  start: WindowStart,
  drawing: Promise<ModalView>,
): Promise<void> {
  const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), OPEN_WITHIN_MS).unref());
  const first = await Promise.race([drawing, late]);
  if (first !== 'late') {
    await client.views.open({ trigger_id: start.triggerId, view: first });
    return;
  }
  const opened = await client.views.open({ trigger_id: start.triggerId, view: start.loading });
  const viewId = opened.view?.id;
  if (viewId === undefined) return;
  const show = (view: ModalView): Promise<unknown> => client.views.update({ view_id: viewId, view });
  await guard(
    ctx,
    start,
    async () => void (await show(await drawing)),
    (words) => show(start.say(words)),
  );
}
