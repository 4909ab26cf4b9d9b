import type { Button, KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { canChangeSettings, canManage } from '../../org/index.ts';
import { Refusal, requireMoneyReader } from '../access/require-person.ts';
import { drawBalance } from './render-balance.ts';
import { button, buttons, section } from '../kit/blocks.ts';
import type { SlackContext, Who } from '../kit/context.ts';
import { IDS } from '../ids.ts';
import { offerRequest } from '../features/requests/request-views.ts';
import { peopleCopy, settingsWords } from '../copy/index.ts';

/** Draws the Home tab, when somebody opens it and when what it shows has changed: the balance for who may see it, words for everybody else. */
export async function publishHome(ctx: SlackContext, client: WebClient, who: Who): Promise<void> {
  await client.views.publish({
    user_id: who.userId,
    view: { type: 'home', blocks: await homeBlocks(ctx, who) },
  });
}

async function homeBlocks(ctx: SlackContext, who: Who): Promise<KnownBlock[]> {
  try {
    const person = await requireMoneyReader(ctx, who);
    const { blocks } = await drawBalance(ctx, person);
    const more = [
      ...(canChangeSettings(person) ? [button(settingsWords.button, IDS.action.settingsOpen)] : []),
      ...(canManage(person, 'people') ? [button(peopleCopy.button, IDS.action.peopleShow)] : []),
    ];
    return more.length === 0 ? blocks : withButtons(blocks, more);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.mayRequest ? offerRequest(error.message) : [section(error.message)];
  }
}

/** More buttons beside those that are there. */
function withButtons(blocks: readonly KnownBlock[], more: readonly Button[]): KnownBlock[] {
  const last = blocks.findLastIndex(({ type }) => type === 'actions');
  if (last < 0) return [...blocks, buttons(...more)];
  return blocks.map((block, index) =>
    index === last && block.type === 'actions' ? { ...block, elements: [...block.elements, ...more] } : block,
  );
}
