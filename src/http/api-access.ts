import { type Db, isDatabaseUnavailable } from '../db/index.ts';
import { detailsOf, RefillError } from '../errors.ts';
import { type ApiKey, type ApiScope, findApiKey } from '../usage/index.ts';
import { createKeyLimits, type KeyLimits } from './key-limits.ts';
import { refusalStatus } from './refusal-status.ts';
import type { Reply, RouteRequest } from './server.ts';

/** How callers of the API are admitted; one for all of its routes, as a key's limits are one. */
export interface ApiAccess {
  readonly limits: KeyLimits;
  /**
   * The key of a request, counted against its limits. Throws RefillError `unauthorised`, `scope-missing` or
   * `too-many-requests`; nothing of the body has been read.
   */
  admit(request: Pick<RouteRequest, 'headers'>, scope: ApiScope): Promise<ApiKey & { secret: string }>;
}

export function createApiAccess(db: Db, requestsPerSecond: number): ApiAccess {
  const limits = createKeyLimits(requestsPerSecond);
  return {
    limits,
    async admit({ headers }, scope) {
      const [, secret] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
      const known = secret === undefined ? null : await findApiKey(db, secret);
      if (secret === undefined || known === null)
        throw new RefillError(
          'unauthorised',
          'The key is missing, unknown or revoked: Authorization: Bearer rk_…',
        );
      limits.countRequest(secret);
      if (!known.scopes.includes(scope))
        throw new RefillError(
          'scope-missing',
          `This key may not do that: it needs the scope ${scope}, and has ${known.scopes.join(', ')}. Ask your provider for another key.`,
        );
      return { ...known, secret };
    },
  };
}

/** What the sender did wrong is told in words; what will pass by itself asks the sender to come again. */
export async function answerApi(work: () => Promise<Reply>): Promise<Reply> {
  try {
    return await work();
  } catch (error) {
    if (isDatabaseUnavailable(error)) {
      return {
        status: 503,
        json: { error: 'unavailable', message: 'The books cannot be reached just now. Send it again.' },
      };
    }
    const refusal = refusalStatus(error);
    if (refusal === null) throw error;
    const { status, error: refused } = refusal;
    const wait = detailsOf(refused, 'too-many-requests');
    return {
      status,
      json: { error: refused.code, message: refused.message },
      ...(wait === null ? {} : { headers: { 'retry-after': `${wait.retryAfterSeconds}` } }),
    };
  }
}
