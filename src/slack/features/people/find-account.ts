import { WebAPIPlatformError } from '@slack/web-api';
import type { Db } from '../../../db/index.ts';
import { RefillError } from '../../../errors.ts';
import type { Logger } from '../../../log.ts';
import type { SecretBox } from '../../../org/index.ts';
import { ask } from '../../access/membership.ts';
import { createInstallations } from '../../connection/installations.ts';
import type { Standing } from '../../kit/context.ts';

/** Looks people up in Slack for the operator's commands. Both throw RefillError `slack-unreachable`. */
export interface AccountFinder {
  standingOf(who: { teamId: string; userId: string }): Promise<Standing>;
  /** Null: no one of the workspace has this address. */
  findByEmail(teamId: string, email: string): Promise<string | null>;
}

export function createAccountFinder(
  deps: { db: Db; secrets: SecretBox; log: Logger },
  apiUrl: string | undefined,
): AccountFinder {
  const { clientFor } = createInstallations(deps, apiUrl);
  return {
    standingOf: (who) => reach(async () => await ask(await clientFor(who.teamId), who)),
    findByEmail: (teamId, email) =>
      reach(async () => {
        try {
          const client = await clientFor(teamId);
          const { user } = await client.users.lookupByEmail({ email });
          return user?.id ?? null;
        } catch (error) {
          if (error instanceof WebAPIPlatformError && error.data.error === 'users_not_found') return null;
          throw error;
        }
      }),
  };
}

async function reach<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof RefillError) throw error;
    const why = error instanceof WebAPIPlatformError ? ` (${error.data.error})` : '';
    throw new RefillError(
      'slack-unreachable',
      `Slack could not be asked${why}, so nothing was changed. Try again.`,
      {},
      { cause: error },
    );
  }
}
