import { randomBytes } from 'node:crypto';

/**
 * A new secret or once-only key: random, URL-safe, without meaning. 18 bytes are 24 characters and 144 bits, more than
 * can be guessed; more bytes where somebody else's rules ask for them. It never begins with a dash, so that a command line
 * takes it as a value and not as an option.
 */
export function newToken(bytes = 18): string {
  const token = randomBytes(bytes).toString('base64url');
  return token.startsWith('-') ? newToken(bytes) : token;
}
