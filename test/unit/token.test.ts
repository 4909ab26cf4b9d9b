import { expect, it } from 'vitest';
import { newToken } from '../../src/token.ts';

it('a token is a value on a command line: it never begins with a dash', () => {
  const tokens = Array.from({ length: 5_000 }, () => newToken());
  expect(tokens.filter((token) => !/^[A-Za-z0-9_][A-Za-z0-9_-]{23}$/.test(token))).toEqual([]);
  expect(new Set(tokens).size).toBe(tokens.length);
});
