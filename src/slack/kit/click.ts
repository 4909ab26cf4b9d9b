import type { BlockAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { SlackContext, Who } from './context.ts';

const clicked = z.object({ actions: z.array(z.object({ value: z.string().max(2_000) })).min(1) });

/** What the clicked button carries: an opaque token, untrusted like everything that went through a client. */
export function readActionValue(body: BlockAction): string {
  const read = clicked.safeParse(body);
  return read.success ? (read.data.actions[0]?.value ?? '') : '';
}

const chosen = z.object({
  actions: z.array(z.object({ selected_option: z.object({ value: z.string().max(150) }) })).min(1),
});

/** What was chosen from a list, as untrusted as any click. */
export function readSelected(body: BlockAction): string {
  const read = chosen.safeParse(body);
  return read.success ? (read.data.actions[0]?.selected_option.value ?? '') : '';
}

const chosenUser = z.object({
  actions: z.array(z.object({ selected_user: z.string().regex(/^[UW][A-Z0-9]+$/) })).min(1),
});

/** The user who was chosen from a list of people, null where none was. */
export function readSelectedUser(body: BlockAction): string | null {
  const read = chosenUser.safeParse(body);
  return read.success ? (read.data.actions[0]?.selected_user ?? null) : null;
}

const placed = z.object({
  actions: z.array(z.object({ action_id: z.string().max(255), block_id: z.string().max(255) })).min(1),
});

/** The id of the block that was clicked in, which may say what it is about: as untrusted as any click. */
export function readBlockId(body: BlockAction): string {
  const read = placed.safeParse(body);
  return read.success ? (read.data.actions[0]?.block_id ?? '') : '';
}

/** Which of a block's menus was chosen from. */
export function readActionId(body: BlockAction): string {
  const read = placed.safeParse(body);
  return read.success ? (read.data.actions[0]?.action_id ?? '') : '';
}

const shownToOne = z.object({ container: z.object({ is_ephemeral: z.literal(true) }) });

/** Whether the message that was clicked is shown to the clicker alone. */
export function isShownToOne(body: BlockAction): boolean {
  return shownToOne.safeParse(body).success;
}

const inMessage = z.object({ container: z.object({ channel_id: z.string(), message_ts: z.string() }) });

/** The message that was clicked; undefined where it was a modal or the Home tab. */
export function readMessage(body: BlockAction): { channelId: string; ts: string } | undefined {
  const read = inMessage.safeParse(body);
  if (!read.success) return undefined;
  const { channel_id: channelId, message_ts: ts } = read.data.container;
  return { channelId, ts };
}

/** What answers a button of a message or of the Home tab. */
export type MessageClick = (
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
) => Promise<void>;

/** The same where the click is claimed first: it acknowledges by itself, once nothing can lose the click. */
export type ClaimClick = (
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
  ack: () => Promise<void>,
) => Promise<void>;

/** A click on a button, or a choice from a list, of a modal. */
export interface ViewClick {
  who: Who;
  viewId: string;
  triggerId: string;
  token: string;
  /** What was chosen, where the click chose from a list. */
  selected?: string;
  /** What the clicked button carries. */
  value: string;
}

/** What answers a button or a list of a modal: its answer is rendered in it. */
export type ModalClick = (ctx: SlackContext, client: WebClient, click: ViewClick) => Promise<void>;
