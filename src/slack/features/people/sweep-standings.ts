import { HOUR_MS } from '../../../durations.ts';
import { listToCheck } from '../../../org/index.ts';
import type { SlackContext } from '../../kit/context.ts';

/** Who has a role and was not asked about for this long is asked about now. */
const CHECK_EVERY_MS = HOUR_MS;
/** In one go; twice a minute that stays far below what Slack lets an app ask for. */
const AT_ONCE = 20;

/**
 * Asks Slack about people with roles, so that those of someone who left are suspended within the hour also where they
 * never come back to be refused (R30). Stops where Slack gives no answer: the rest is due still.
 */
export async function sweepStandings(ctx: Pick<SlackContext, 'db' | 'clock' | 'membership'>): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - CHECK_EVERY_MS);
  for (const who of await listToCheck(ctx.db, { before, limit: AT_ONCE }))
    if ((await ctx.membership(who, { isFresh: true })) === 'unknown') return;
}
