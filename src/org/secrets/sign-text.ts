import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';

const SALT = 'refill/signer';

/** A signature, and which key made it. */
export interface TextSignature {
  keyId: string;
  /** HMAC-SHA-256, 32 bytes. */
  signature: Uint8Array;
}

/**
 * What of a signature can be said with the keys at hand: it holds under the current key or one before it, it is not of this
 * text, or its key is not known here.
 */
export type SignatureState = 'current' | 'old' | 'wrong' | 'unknown-key';

/** Signs texts, so that a change of what they describe is found by whoever has the key, and by nobody else made good. */
export interface TextSigner {
  sign(text: string): TextSignature;
  checkSignature(text: string, given: TextSignature): SignatureState;
}

/** The key that signs, derived from the same secret as the one that seals, which it cannot be told from. */
export function deriveSigningKey(secretKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secretKey, SALT, 'texts', 32));
}

/** @param keys the current one first */
export function createTextSigner(keys: readonly { id: string; signingKey: Buffer }[]): TextSigner {
  const [current] = keys;
  if (current === undefined) throw new RangeError('a signer needs a key');
  return {
    sign: (text) => ({ keyId: current.id, signature: hmacOf(current.signingKey, text) }),
    checkSignature(text, { keyId, signature }) {
      const key = keys.find(({ id }) => id === keyId);
      if (key === undefined) return 'unknown-key';
      const expected = hmacOf(key.signingKey, text);
      if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return 'wrong';
      return key === current ? 'current' : 'old';
    },
  };
}

function hmacOf(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
