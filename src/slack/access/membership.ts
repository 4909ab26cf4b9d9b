import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import { MINUTE_MS } from '../../durations.ts';
import type { Logger } from '../../log.ts';
import { recordStanding } from '../../org/index.ts';
import type { Membership, Standing, Who } from '../kit/context.ts';

/** Until then an answer of Slack's counts where none newer is to be had. */
const MAX_AGE_MS = 5 * MINUTE_MS;
/** How long an act waits for the answer: a submission has three seconds in all. */
const ANSWER_WITHIN_MS = 1_500;
const MAX_KNOWN = 5_000;

/** What Slack answers about people whom the workspace does not have. */
const NOT_THERE = new Set(['user_not_found', 'user_not_visible', 'users_not_found']);

/**
 * Asks Slack whether someone is a full, active member of their workspace (R30). A role is not enough: guests, people of
 * connected workspaces, bots and deactivated accounts are refused whatever role they were given. Reads are content with
 * an answer of the last five minutes; what moves money, cards, roles or settings asks anew, once, and falls back on such
 * an answer only where Slack does not answer in time. What Slack says of people with roles is recorded with those.
 * Applies R30.9.
 */
export function createMembership(deps: {
  db: Db;
  clientFor(teamId: string): Promise<WebClient>;
  clock: Clock;
  log: Logger;
}): Membership {
  const known = new Map<string, { standing: Standing; at: number }>();

  async function askAndRecord(who: Who, key: string): Promise<Standing> {
    const standing = await ask(await deps.clientFor(who.teamId), who);
    const at = deps.clock.now();
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(key, { standing, at: at.getTime() });
    await recordStanding(deps.db, { ...who, isFull: standing === 'full', at }).catch((error: unknown) => {
      deps.log.warn({ err: error, ...who }, 'what Slack says of a person could not be recorded');
    });
    return standing;
  }

  return async (who, { isFresh = false } = {}) => {
    const key = `${who.teamId}/${who.userId}`;
    const before = known.get(key);
    const age = before === undefined ? Number.POSITIVE_INFINITY : deps.clock.now().getTime() - before.at;
    const recent = age < MAX_AGE_MS ? before?.standing : undefined;
    if (recent !== undefined && !isFresh) return recent;
    // A late answer is remembered all the same: the next try finds it.
    const asked = askAndRecord(who, key).catch((error: unknown) => {
      deps.log.warn({ err: error, ...who }, 'Slack could not be asked about a person');
      return undefined;
    });
    const answer = isFresh ? await Promise.race([asked, after(ANSWER_WITHIN_MS)]) : await asked;
    return answer ?? recent ?? 'unknown';
  };
}

/** Asks Slack, which is not remembered here. Throws what the call throws. */
export async function ask(client: WebClient, { teamId, userId }: Who): Promise<Standing> {
  try {
    const { user } = await client.users.info({ user: userId });
    if (user === undefined) return 'external';
    if (user.deleted === true) return 'deactivated';
    // Slackbot is no bot in Slack's own answer.
    if (user.is_bot === true || userId === 'USLACKBOT') return 'bot';
    if (user.is_restricted === true || user.is_ultra_restricted === true) return 'guest';
    return user.is_stranger === true || isOfAnotherTeam(user, teamId) ? 'external' : 'full';
  } catch (error) {
    if (error instanceof WebAPIPlatformError && NOT_THERE.has(error.data.error)) return 'external';
    throw error;
  }
}

/** People of a connected workspace are strangers to Slack only where no channel is shared; their workspace always shows. */
function isOfAnotherTeam(
  user: { team_id?: string; enterprise_user?: { teams?: string[] } },
  teamId: string,
): boolean {
  const { team_id: home, enterprise_user: enterprise } = user;
  return home !== undefined && home !== teamId && enterprise?.teams?.includes(teamId) !== true;
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms).unref());
}
