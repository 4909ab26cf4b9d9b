import { RefillError } from '../../errors.ts';

/** A sender that was still for so long may send that much at once. */
const BURST_SECONDS = 2;

interface Bucket {
  left: number;
  at: number;
  hasLargeBody: boolean;
}

export interface KeyLimits {
  /** A key's limit as the `RateLimit-Policy` header has it: so many requests in so many seconds. */
  policyOf(perSecond?: number): string;
  /**
   * Counts one request of a key that may send so many a second; returns how many it has left at once, whole. Throws
   * RefillError `too-many-requests` with `retryAfterSeconds` in its details.
   */
  countRequest(key: string, perSecond?: number): number;
  /** In how many seconds a key with so many left has all of them again. */
  secondsUntilFull(left: number, perSecond?: number): number;
  /** Takes the key's one place for a body of more than 256 KB; returns what gives it back. Throws the same. */
  beginLargeBody(key: string): () => void;
}

/**
 * How much each key may send to this process; one sender cannot take the time of all the others. `defaultPerSecond` holds for
 * keys without a rate of their own.
 */
export function createKeyLimits(
  defaultPerSecond: number,
  now: () => number = () => performance.now(),
): KeyLimits {
  const buckets = new Map<string, Bucket>();
  const bucketOf = (key: string, perSecond: number): Bucket => {
    const bucket = buckets.get(key) ?? { left: perSecond * BURST_SECONDS, at: now(), hasLargeBody: false };
    buckets.set(key, bucket);
    return bucket;
  };
  return {
    policyOf: (perSecond = defaultPerSecond) => `"key";q=${perSecond * BURST_SECONDS};w=${BURST_SECONDS}`,
    countRequest(key, perSecond = defaultPerSecond) {
      const bucket = bucketOf(key, perSecond);
      const at = now();
      bucket.left = Math.min(perSecond * BURST_SECONDS, bucket.left + ((at - bucket.at) / 1_000) * perSecond);
      bucket.at = at;
      if (bucket.left < 1)
        throw tooMany(`This key may send ${perSecond} requests a second.`, (1 - bucket.left) / perSecond);
      bucket.left -= 1;
      return Math.floor(bucket.left);
    },
    secondsUntilFull: (left, perSecond = defaultPerSecond) =>
      Math.ceil((perSecond * BURST_SECONDS - left) / perSecond),
    beginLargeBody(key) {
      const bucket = bucketOf(key, defaultPerSecond);
      if (bucket.hasLargeBody) throw tooMany('This key may send one body of more than 256 KB at a time.', 1);
      bucket.hasLargeBody = true;
      return () => {
        bucket.hasLargeBody = false;
      };
    },
  };
}

function tooMany(sentence: string, waitSeconds: number): RefillError {
  return new RefillError('too-many-requests', `${sentence} Nothing of this request was taken.`, {
    retryAfterSeconds: Math.max(1, Math.ceil(waitSeconds)),
  });
}
