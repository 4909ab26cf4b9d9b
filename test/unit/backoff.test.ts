import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs } from '../../src/backoff.ts';

const TEN_SECONDS = { initialMs: 500, maxMs: 10_000 };

describe('the wait before another try', () => {
  it('doubles from the first wait up to the longest, however often it failed', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 2_000].map((waits) => backoffMs(waits, TEN_SECONDS))).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000,
    ]);
  });

  it('is the first wait where nothing has been waited for', () => {
    expect(backoffMs(-1, TEN_SECONDS)).toBe(500);
  });

  it('is drawn within its jitter, and not always the same', () => {
    const drawn = Array.from({ length: 200 }, () => backoffMs(2, { ...TEN_SECONDS, jitter: 0.25 }));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(1_500);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(2_500);
    expect(new Set(drawn).size).toBeGreaterThan(100);
  });

  it('is never longer than the longest without jitter, nor shorter than the wait before it', () => {
    fc.assert(
      fc.property(fc.nat(5_000), fc.nat(60_000), fc.nat(600_000), (waits, initialMs, more) => {
        const backoff = { initialMs, maxMs: initialMs + more };
        const wait = backoffMs(waits, backoff);
        expect(wait).toBeLessThanOrEqual(backoff.maxMs);
        expect(wait).toBeLessThanOrEqual(backoffMs(waits + 1, backoff));
      }),
    );
  });
});
