import type { AuthorizeResult } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import type { Db } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { findWorkspace, type SecretBox, type Workspace } from '../../org/index.ts';
import { shareNextFlight } from '../../single-flight.ts';
import { clientOptions } from './connect.ts';

export interface Installations {
  /**
   * For Bolt. Never throws, as whoever asked would then hear nothing at all: a workspace that is not known goes on
   * without a token, and the handler says so.
   */
  authorize(teamId: string): Promise<AuthorizeResult>;
  /** A client with the workspace's token. Throws RefillError `workspace-unknown`. */
  clientFor(teamId: string): Promise<WebClient>;
}

/** The workspaces that the app is installed in, and what is needed to talk to each. */
export function createInstallations(
  deps: { db: Db; secrets: SecretBox; log: Logger },
  apiUrl: string | undefined,
): Installations {
  const options = clientOptions(apiUrl, deps.log);
  /** As last read. Used only while the database is away, so that people are told so rather than nothing. */
  const lastKnown = new Map<string, Workspace>();

  /** Bolt asks for every request, and many come at once. */
  const find = shareNextFlight(async (teamId: string): Promise<Workspace | null> => {
    try {
      const workspace = await findWorkspace(deps, teamId);
      if (workspace === null) lastKnown.delete(teamId);
      else lastKnown.set(teamId, workspace);
      return workspace;
    } catch (error) {
      const known = lastKnown.get(teamId);
      if (known === undefined) throw error;
      return known;
    }
  });

  return {
    async authorize(teamId) {
      try {
        const workspace = await find(teamId);
        if (workspace === null) return { teamId };
        const { botId, botUserId } = workspace;
        return { teamId, botId, botUserId, botToken: workspace.botToken() };
      } catch (error) {
        deps.log.error({ err: error, team: teamId }, 'a workspace’s installation could not be read');
        return { teamId };
      }
    },
    async clientFor(teamId) {
      const workspace = await find(teamId);
      if (workspace === null)
        throw new RefillError('workspace-unknown', 'Refill is not installed there.', { teamId });
      return new WebClient(workspace.botToken(), options);
    },
  };
}
