import type { BlockAction } from '@slack/bolt';
import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { generalCopy as copy } from '../copy/index.ts';
import { linkButton, section } from './blocks.ts';
import type { Message } from './reply.ts';

/** The block that says it; there is one at a time. */
const NOTE = 'home_note';

/** What a click on the Home tab says of where it was made; absent for clicks and commands elsewhere. */
export type HomeClick = Partial<Pick<BlockAction, 'view' | 'actions' | 'api_app_id'>>;

/**
 * Says on the Home tab, below the button that was clicked, that the answer is in the messages with the app, with the way
 * there: Slack shows no answer of its own there, so that the click would look as if nothing came of it. An answer that is
 * a text only is said in full. The answer itself was posted already, so nothing is thrown. Applies R24.5.
 */
export async function noteOnHome(
  client: WebClient,
  { user, view, actions, api_app_id: appId }: HomeClick & { user: { id: string } },
  answer: Message,
): Promise<void> {
  if (view?.type !== 'home') return;
  const blocks = (view.blocks as KnownBlock[]).filter(({ block_id: id }) => id !== NOTE);
  const clicked = blocks.findIndex(({ block_id: id }) => id !== undefined && id === actions?.[0]?.block_id);
  const address = `slack://app?team=${view.team_id}&id=${appId ?? view.app_id ?? ''}&tab=messages`;
  const note: KnownBlock = {
    ...section(answer.blocks === undefined ? answer.text : copy.answeredInMessages),
    block_id: NOTE,
    accessory: linkButton(copy.openMessages, address),
  };
  const noted = blocks.toSpliced(clicked + 1, 0, note);
  try {
    await client.views.publish({
      user_id: user.id,
      hash: view.hash,
      view: { type: 'home', blocks: noted },
    });
  } catch {
    // Home was rendered anew meanwhile, or Slack is not to be reached: the answer is there all the same.
  }
}
