import { WebClient } from '@slack/web-api';
import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import { SECOND_MS } from '../../durations.ts';
import type { Logger } from '../../log.ts';
import { type SecretBox, saveWorkspace } from '../../org/index.ts';
import { clientOptions } from './connect.ts';

const RETRY_MS = 5 * SECOND_MS;

/**
 * Asks Slack which workspace the configured token belongs to, and records it as installed. Tries until Slack answers;
 * the rest of the app does not wait for it.
 */
export function registerWorkspace(
  deps: { db: Db; secrets: SecretBox; clock: Clock; log: Logger },
  slack: { botToken: string; apiUrl: string | undefined },
): { stop(): Promise<void> } {
  const client = new WebClient(slack.botToken, clientOptions(slack.apiUrl, deps.log));
  let stopping = false;
  const attempt = async (): Promise<void> => {
    while (!stopping) {
      try {
        const auth = await client.auth.test();
        const { team_id: teamId, team, user_id: botUserId, bot_id: botId } = auth;
        if (teamId === undefined || botUserId === undefined || botId === undefined) {
          throw new Error('Slack did not say whose token this is; it must be a bot token');
        }
        const at = deps.clock.now();
        await saveWorkspace(deps, {
          teamId,
          name: team ?? teamId,
          botToken: slack.botToken,
          botUserId,
          botId,
          at,
        });
        deps.log.info({ team: teamId, name: team }, 'the workspace is known');
        return;
      } catch (error) {
        deps.log.error({ err: error }, 'Slack did not accept the bot token, or did not answer; trying again');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
  };
  const done = attempt();
  return {
    async stop() {
      stopping = true;
      await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 100))]);
    },
  };
}
