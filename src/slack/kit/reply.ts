import type { BlockAction } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { SECOND_MS } from '../../durations.ts';
import { type HomeClick, noteOnHome } from './home-note.ts';

const ANSWER_WITHIN_MS = 5 * SECOND_MS;

export interface Message {
  text: string;
  blocks?: KnownBlock[];
}

/** Slack did not take a reply; `isAboutBlocks`: because of how it is rendered. */
export class ReplyRefusedError extends Error {
  override readonly name = 'ReplyRefusedError';
  readonly isAboutBlocks: boolean;

  constructor(status: number, isAboutBlocks: boolean) {
    super(`Slack answered ${status} to a reply`);
    this.isAboutBlocks = isAboutBlocks;
  }
}

/** Who clicked or typed, and where they are answered; without an address (from the Home tab) in a direct message. */
interface Asker extends HomeClick {
  user: { id: string };
  response_url?: string | null | undefined;
}

/** Says something to whoever asked, and to no one else: below what they clicked or typed. */
export async function replyPrivately(client: WebClient, asker: Asker, message: Message): Promise<void> {
  const { user, response_url: address = null } = asker;
  if (address !== null && address !== '')
    return await postReply(address, { response_type: 'ephemeral', replace_original: false, ...message });
  await client.chat.postMessage({ channel: user.id, ...message });
  await noteOnHome(client, asker, message);
}

/** The same for `guard`: a text, and perhaps blocks. */
export function replyTo(client: WebClient, asker: Asker) {
  return (text: string, blocks?: KnownBlock[]): Promise<void> =>
    replyPrivately(client, asker, { text, ...(blocks === undefined ? {} : { blocks }) });
}

/** Puts this in the place of the message that was clicked. */
export async function replaceClicked(client: WebClient, body: BlockAction, message: Message): Promise<void> {
  const replaced = { blocks: [], ...message };
  if (body.response_url === undefined) return await replyPrivately(client, body, message);
  await postReply(body.response_url, { replace_original: true, ...replaced });
}

/** Posts to a response_url, which lives half an hour and takes five answers. Throws when Slack refuses it. */
export async function postReply(url: string, message: object): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  if (answer.ok) return;
  throw new ReplyRefusedError(answer.status, (await answer.text()).includes('invalid_blocks'));
}
