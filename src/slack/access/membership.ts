import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import type { Clock } from '../../clock.ts';
import type { Who } from '../context.ts';

/** Slack is asked again about the same person after this time. */
const FRESH_MS = 5 * 60_000;
const REMEMBERED = 5_000;

/** What Slack answers about people whom the workspace does not have. */
const NOBODY = new Set(['user_not_found', 'user_not_visible', 'users_not_found']);

/**
 * Asks Slack whether somebody is a full, active member of their workspace. A role is not enough: guests, people of
 * connected workspaces and deactivated accounts are refused whatever role was once given to them.
 */
export function createMembership(deps: {
  clientFor(teamId: string): Promise<WebClient>;
  clock: Clock;
}): (who: Who) => Promise<boolean> {
  const known = new Map<string, { isFull: boolean; until: number }>();
  return async (who) => {
    const key = `${who.teamId}/${who.userId}`;
    const now = deps.clock.now().getTime();
    const before = known.get(key);
    if (before !== undefined && before.until > now) return before.isFull;
    const isFull = await ask(await deps.clientFor(who.teamId), who.userId);
    if (known.size >= REMEMBERED) known.clear();
    known.set(key, { isFull, until: now + FRESH_MS });
    return isFull;
  };
}

async function ask(client: WebClient, userId: string): Promise<boolean> {
  try {
    const { user } = await client.users.info({ user: userId });
    const isOutside =
      user?.deleted === true ||
      user?.is_restricted === true ||
      user?.is_ultra_restricted === true ||
      user?.is_stranger === true ||
      user?.is_bot === true;
    return user !== undefined && !isOutside;
  } catch (error) {
    if (error instanceof WebAPIPlatformError && NOBODY.has(error.data.error)) return false;
    throw error;
  }
}
