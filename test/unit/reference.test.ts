import { describe, expect, it } from 'vitest';
import { newReadableCode, newReference } from '../../src/reference.ts';

const UNMISTAKABLE = '[2-9A-HJKMNP-Z]';

describe('a code that is read out', () => {
  it('stands in fours, without characters that are taken for one another', () => {
    for (let each = 0; each < 200; each += 1) {
      expect(newReference()).toMatch(new RegExp(`^${UNMISTAKABLE}{4}-${UNMISTAKABLE}{2}$`));
      expect(newReadableCode(12)).toMatch(new RegExp(`^(${UNMISTAKABLE}{4}-){2}${UNMISTAKABLE}{4}$`));
    }
  });

  it('is another one each time', () => {
    const codes = Array.from({ length: 500 }, () => newReadableCode(12));
    expect(new Set(codes).size).toBe(500);
  });
});
