import { describe, expect, it } from 'vitest';
import { createKeyLimits } from '../../../src/http/api/key-limits.ts';

/** How many of so many requests at once are let in. */
function letIn(limits: ReturnType<typeof createKeyLimits>, key: string, requests: number): number {
  let count = 0;
  for (let n = 0; n < requests; n += 1) {
    try {
      limits.countRequest(key);
      count += 1;
    } catch (error) {
      expect(error).toMatchObject({ code: 'too-many-requests' });
    }
  }
  return count;
}

describe('a key of the usage API', () => {
  it('may send its rate, two seconds’ worth at once, and no more however long it was still', () => {
    let now = 0;
    const limits = createKeyLimits(200, () => now);
    expect(letIn(limits, 'a', 1_000)).toBe(400);
    now = 1_000;
    expect(letIn(limits, 'a', 1_000)).toBe(200);
    now = 1_005;
    expect(letIn(limits, 'a', 10)).toBe(1);
    expect(letIn(limits, 'b', 1_000)).toBe(400);
    now = 3_600_000;
    expect(letIn(limits, 'a', 1_000)).toBe(400);
  });

  it('is told how long to wait', () => {
    const limits = createKeyLimits(1, () => 0);
    letIn(limits, 'a', 2);
    expect(() => limits.countRequest('a')).toThrow(
      expect.objectContaining({ details: { retryAfterSeconds: 1 } }),
    );
  });

  it('has one large body at a time, until it is given back', () => {
    const limits = createKeyLimits(200);
    const giveBack = limits.beginLargeBody('a');
    expect(() => limits.beginLargeBody('a')).toThrow(/one body of more than 256 KB/);
    limits.beginLargeBody('b');
    giveBack();
    limits.beginLargeBody('a');
  });
});
