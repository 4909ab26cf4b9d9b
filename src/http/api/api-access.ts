import { detailsOf, RefillError } from '../../errors.ts';
import {
  type ApiKey,
  type ApiScope,
  createUseRecorder,
  findApiKey,
  type KnownKey,
  type UsageDeps,
} from '../../usage/index.ts';
import { explainError } from '../problems.ts';
import type { Reply } from '../reply.ts';
import type { RouteRequest } from '../server.ts';
import { createKeyLimits } from './key-limits.ts';

/** A caller that was let in. */
export interface Caller {
  key: KnownKey;
  /** Takes the key's one place for a large body; returns what gives it back. Throws `too-many-requests`. */
  beginLargeBody(): () => void;
}

/** How callers of the API are admitted; one for all of its routes, as a key's limits are one. */
export interface ApiAccess {
  /**
   * Does the work for the caller if the key is known, sends no more than it may, and has the scope; nothing of the body is read
   * before. Every answer says how much the key may still send. What the sender did wrong is told in words; what will pass
   * by itself asks the sender to come again.
   */
  answer(
    request: Pick<RouteRequest, 'headers'>,
    scope: ApiScope,
    work: (caller: Caller) => Promise<unknown>,
  ): Promise<Reply>;
}

type AccessDeps = Pick<UsageDeps, 'db' | 'clock' | 'log'>;

/** `requestsPerSecond` holds for keys without a rate of their own. */
export function createApiAccess(deps: AccessDeps, requestsPerSecond: number): ApiAccess {
  const limits = createKeyLimits(requestsPerSecond);
  const recordUse = createUseRecorder(deps, 'api-key');
  const headersOf = (perSecond: number, left: number, seconds: number): Record<string, string> => ({
    'ratelimit-policy': limits.policyOf(perSecond),
    ratelimit: `"key";r=${left};t=${seconds}`,
  });
  return {
    async answer(request, scope, work) {
      let perSecond = requestsPerSecond;
      let headers: Record<string, string> = {};
      try {
        const { secret, ...key } = await identify(deps, request);
        perSecond = key.requestsPerSecond ?? requestsPerSecond;
        const left = limits.countRequest(secret, perSecond);
        headers = headersOf(perSecond, left, limits.secondsUntilFull(left, perSecond));
        recordUse(key.keyHash);
        requireScope(key, scope);
        const json = await work({ key, beginLargeBody: () => limits.beginLargeBody(secret) });
        return { status: 200, json, headers };
      } catch (error) {
        const wait = detailsOf(error, 'too-many-requests')?.retryAfterSeconds;
        if (wait === undefined) return explainError(error, headers);
        const counted = headers.ratelimit === undefined ? headersOf(perSecond, 0, wait) : headers;
        return explainError(error, { ...counted, 'retry-after': `${wait}` });
      }
    },
  };
}

async function identify(
  { db, clock }: AccessDeps,
  { headers }: Pick<RouteRequest, 'headers'>,
): Promise<KnownKey & { secret: string }> {
  const [, secret] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const known = secret === undefined ? null : await findApiKey(db, secret);
  if (secret === undefined || known === null)
    throw new RefillError(
      'unauthorised',
      'The key is missing, unknown or revoked: Authorization: Bearer rk_…',
    );
  const { expiresAt } = known;
  if (expiresAt !== null && expiresAt <= clock.now())
    throw new RefillError(
      'unauthorised',
      `This key expired at ${expiresAt.toISOString()}. Ask your provider for a new one.`,
    );
  return { ...known, secret };
}

function requireScope({ scopes }: ApiKey, scope: ApiScope): void {
  if (!scopes.includes(scope))
    throw new RefillError(
      'scope-missing',
      `This key may not do that: it needs the scope ${scope}, and has ${scopes.join(', ')}. Ask your provider for another key.`,
    );
}
