import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { createTextSigner, deriveSigningKey, type TextSigner } from './sign-text.ts';

const SALT = 'refill/secret-box';
const VERSION = 'v2';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals short secrets (tokens, keys) for storage, AES-256-GCM, and signs texts, HMAC-SHA-256: each under a key of its own that
 * is derived from REFILL_SECRET_KEY.
 */
export interface SecretBox extends TextSigner {
  /** @param place names the row and column it is stored in: a sealed text opens nowhere else */
  seal(plain: string, place: string): string;
  /** Throws when the text was sealed under no key of this box, for another place, or altered. */
  open(sealed: string, place: string): string;
  /** Whether a sealed text is as `seal` makes it now: under the current key, and bound to its place. */
  isCurrent(sealed: string): boolean;
}

interface Key {
  id: string;
  key: Buffer;
  signingKey: Buffer;
}

/**
 * Seals under the current key; opens what was sealed under it or under one before it. A sealed text names its key's id,
 * so that a key can be replaced while the app runs. Texts of the first version name neither key nor place.
 *
 * @param secretKey any text of at least 16 characters; the same text must be given at every start
 */
export function createSecretBox(secretKey: string, oldKeys: readonly string[] = []): SecretBox {
  const current = deriveKey(secretKey);
  const keys = [current, ...oldKeys.map(deriveKey)];
  return {
    ...createTextSigner(keys),
    seal(plain, place) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', current.key, iv).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return [VERSION, current.id, Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')].join(
        '.',
      );
    },
    open(sealed, place) {
      const [version, ...rest] = sealed.split('.');
      if (version === 'v1') return openWithAny(keys, rest[0] ?? '');
      const key = keys.find(({ id }) => id === rest[0]);
      if (version !== VERSION) throw new RangeError('a sealed secret of an unknown version');
      if (key === undefined) throw new RangeError('a secret was sealed under a key that is not known here');
      return decrypt(key.key, rest[1] ?? '', place);
    },
    isCurrent: (sealed) => sealed.startsWith(`${VERSION}.${current.id}.`),
  };
}

function deriveKey(secretKey: string): Key {
  const key = Buffer.from(hkdfSync('sha256', secretKey, SALT, 'workspace tokens', 32));
  const id = createHash('sha256').update('key id').update(key).digest('base64url').slice(0, 8);
  return { key, id, signingKey: deriveSigningKey(secretKey) };
}

function openWithAny(keys: readonly Key[], body: string): string {
  for (const { key } of keys) {
    try {
      return decrypt(key, body, null);
    } catch {
      // Sealed under another one.
    }
  }
  throw new RangeError('a secret was sealed under a key that is not known here');
}

function decrypt(key: Buffer, body: string, place: string | null): string {
  const bytes = Buffer.from(body, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES));
  if (place !== null) decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString(
    'utf8',
  );
}
