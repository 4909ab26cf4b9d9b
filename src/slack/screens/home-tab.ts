import type { Button, KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { requireRight } from '../access/require-person.ts';
import { peopleCopy, settingsCopy } from '../copy/index.ts';
import { button, buttons, section } from '../kit/blocks.ts';
import type { SlackContext, Who } from '../kit/context.ts';
import { offerRequest } from '../kit/offer-request.ts';
import { Refusal } from '../kit/refusal.ts';
import { LINKS } from '../links.ts';
import { holds } from '../rights.ts';
import { renderBalance } from './render-balance.ts';

/** Publishes the Home tab: the balance for whoever may see it, a text for everyone else. */
export async function publishHome(ctx: SlackContext, client: WebClient, who: Who): Promise<void> {
  await client.views.publish({
    user_id: who.userId,
    view: { type: 'home', blocks: await homeBlocks(ctx, who) },
  });
}

async function homeBlocks(ctx: SlackContext, who: Who): Promise<KnownBlock[]> {
  try {
    const person = await requireRight(ctx, who, 'see_money');
    const { blocks } = await renderBalance(ctx, person);
    const more = [
      ...(holds(person, 'change_settings') ? [button(settingsCopy.button, LINKS.settingsOpen)] : []),
      ...(holds(person, 'manage_people') ? [button(peopleCopy.button, LINKS.peopleShow)] : []),
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
