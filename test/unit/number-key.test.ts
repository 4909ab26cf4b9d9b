import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NumberKey } from '../../src/number-key.ts';

it('a number’s code is the first 16 bytes of its HMAC-SHA-256 under the company’s key', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      fc.string({ maxLength: 300 }),
      (key, number) => {
        const mac = createHmac('sha256', key).update(number).digest();
        const secret = Buffer.from(key).toString('base64url');
        expect(new NumberKey(secret).codeOf(number)).toBe(mac.toString('base64url', 0, 16));
      },
    ),
  );
});

it('a key of another length is refused', () => {
  expect(() => new NumberKey(randomBytes(16).toString('base64url'))).toThrow('a number key has 32 bytes');
});
