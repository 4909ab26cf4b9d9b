import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import type { SlackContext, Who } from './context.ts';
import { guard } from './guard.ts';

/** A trigger is good for three seconds; a modal opens well before that, with or without the data. */
const OPEN_WITHIN_MS = 700;

export interface ModalStart {
  /** What the log calls it. */
  id: string;
  who: Who;
  triggerId: string;
  /** Stands in for content that takes longer than a blink. */
  loading: ModalView;
  /** The modal with a text only, where the content turns out to be none. */
  textModal(text: string): ModalView;
}

/**
 * Opens a modal with what is being rendered; where that takes long, with a loading view first. What `rendering` throws
 * before the modal is open is passed on; later the modal shows it.
 */
export async function openModal(
  ctx: SlackContext,
  client: WebClient,
  start: ModalStart,
  rendering: Promise<ModalView>,
): Promise<void> {
  const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), OPEN_WITHIN_MS).unref());
  const first = await Promise.race([rendering, late]);
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
    async () => void (await show(await rendering)),
    (text) => show(start.textModal(text)),
  );
}
