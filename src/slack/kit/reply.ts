import { request as requestPlain } from 'node:http';
import { request } from 'node:https';
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

/** What a connection that was kept says where its other side has closed it meanwhile. */
const CLOSED_MEANWHILE = new Set(['ECONNRESET', 'EPIPE']);

/** Posts to a response_url, which lives half an hour and takes five answers. Throws when Slack refuses it. */
export async function postReply(url: string, message: object): Promise<void> {
  const { status, text } = await post(url, JSON.stringify(message));
  if (status < 200 || status > 299) throw new ReplyRefusedError(status, text.includes('invalid_blocks'));
}

/**
 * Posts JSON over a connection that is kept; `fetch` takes several times the processor time, and every command is answered so.
 * Once more where the connection was closed while it was kept: that request arrived nowhere.
 */
function post(url: string, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = (url.startsWith('https:') ? request : requestPlain)(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    sent.once('error', (error: NodeJS.ErrnoException) => {
      if (sent.reusedSocket && CLOSED_MEANWHILE.has(error.code ?? '')) resolve(post(url, body));
      else reject(error);
    });
    sent.once('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject);
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      );
    });
    sent.end(body);
  });
}
