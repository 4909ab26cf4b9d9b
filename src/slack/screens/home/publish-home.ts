import type { KnownBlock } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { readChangeMark } from '../../../billing/index.ts';
import { findWorkspace } from '../../../org/index.ts';
import { requirePerson } from '../../access/require-person.ts';
import { section } from '../../kit/blocks.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { offerRequest } from '../../kit/offer-request.ts';
import { Refusal } from '../../kit/refusal.ts';
import { homeBlocks } from './home-blocks.ts';
import { HomeWatch } from './home-watch.ts';
import { readHome } from './read-home.ts';

/** The Home tabs of an app, brought up to date while they are open. */
export function createHomeWatch(ctx: SlackContext): HomeWatch {
  return new HomeWatch({
    log: ctx.log,
    publish: async (who) => await publishHome(ctx, await ctx.clientFor(who.teamId), who),
    async readMark(teamId) {
      const companyId = (await findWorkspace(ctx, teamId))?.companyId ?? null;
      return companyId === null ? '' : await readChangeMark(ctx.db, companyId);
    },
  });
}

/** Publishes the Home tab: what this person may see and do, or why there is nothing for them. */
async function publishHome(ctx: SlackContext, client: WebClient, who: Who): Promise<void> {
  await client.views.publish({
    user_id: who.userId,
    view: { type: 'home', blocks: await renderHome(ctx, who) },
  });
}

async function renderHome(ctx: SlackContext, who: Who): Promise<KnownBlock[]> {
  try {
    const person = await requirePerson(ctx, who);
    return homeBlocks(await readHome(ctx, person), person);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.mayRequest ? offerRequest(error.message) : [section(error.message)];
  }
}
