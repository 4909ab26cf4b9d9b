import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Db } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { findWorkspace, type SecretBox } from '../org/index.ts';
import { boltLogger } from './bolt-logger.ts';

/** Longer than Slack usually takes, shorter than a person waits. */
const CALL_TIMEOUT_MS = 10_000;

/**
 * How Slack is called. The client repeats nothing by itself: a posted message that was answered with a 503 may be
 * there already, so the outbox, which knows what it said, decides what is tried again and when.
 */
export function clientOptions(apiUrl: string | undefined, log: Logger): WebClientOptions {
  return {
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: CALL_TIMEOUT_MS,
    maxRequestConcurrency: 20,
    logger: boltLogger(log),
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  };
}

/** A client for each workspace, with the token that its installation has now. */
export function createClients(
  deps: { db: Db; secrets: SecretBox; log: Logger },
  apiUrl: string | undefined,
): (teamId: string) => Promise<WebClient> {
  const options = clientOptions(apiUrl, deps.log);
  return async (teamId) => {
    const workspace = await findWorkspace(deps, teamId);
    if (workspace === null)
      throw new RefillError('workspace-unknown', 'Refill is not installed there.', { teamId });
    return new WebClient(workspace.botToken(), options);
  };
}
