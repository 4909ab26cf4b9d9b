import { RefillError } from '../../errors.ts';

/** A sender that was still for so long may send that much at once. */
const BURST_SECONDS = 2;

interface Bucket {
  left: number;
  at: number;
  hasLargeBody: boolean;
}

export interface KeyLimits {
  /** The limit as the `RateLimit-Policy` header has it: so many requests in so many seconds. */
  readonly policy: string;
  /**
   * Counts one request; returns how many the key has left at once, whole. Throws RefillError `too-many-requests` with
   * `retryAfterSeconds` in its details.
   */
  countRequest(key: string): number;
  /** In how many seconds a key with so many left has all of them again. */
  secondsUntilFull(left: number): number;
  /** Takes the key's one place for a body of more than 256 KB; returns what gives it back. Throws the same. */
  beginLargeBody(key: string): () => void;
}

/** How much each key may send to this process; one sender cannot take the time of all the others. */
export function createKeyLimits(perSecond: number, now: () => number = () => performance.now()): KeyLimits {
  const buckets = new Map<string, Bucket>();
  const full = perSecond * BURST_SECONDS;
  const bucketOf = (key: string): Bucket => {
    const bucket = buckets.get(key) ?? { left: full, at: now(), hasLargeBody: false };
    buckets.set(key, bucket);
    return bucket;
  };
  return {
    policy: `"key";q=${full};w=${BURST_SECONDS}`,
    countRequest(key) {
      const bucket = bucketOf(key);
      const at = now();
      bucket.left = Math.min(full, bucket.left + ((at - bucket.at) / 1_000) * perSecond);
      bucket.at = at;
      if (bucket.left < 1)
        throw tooMany(`This key may send ${perSecond} requests a second.`, (1 - bucket.left) / perSecond);
      bucket.left -= 1;
      return Math.floor(bucket.left);
    },
    secondsUntilFull: (left) => Math.ceil((full - left) / perSecond),
    beginLargeBody(key) {
      const bucket = bucketOf(key);
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
