import { describe, expect, it } from 'vitest';
import { describeBy, detailsOf, hasCode, RefillError } from '../../src/errors.ts';
import { dollars } from '../../src/money.ts';

const limit = dollars('2500');
const room = dollars('12.5');
const refused = new RefillError('daily-limit', 'Too much for a day.', { limit, room });

describe('an error', () => {
  it('gives the details of its own code, and of no other', () => {
    expect(detailsOf(refused, 'daily-limit')).toEqual({ limit, room });
    expect(detailsOf(refused, 'exposure-limit')).toBeNull();
    expect(detailsOf(new Error('daily-limit'), 'daily-limit')).toBeNull();
  });

  it('is told by a surface’s copy from its details, or not at all', () => {
    const copy = { 'daily-limit': (of: { room: typeof room }) => `$${of.room.toFixed(2)} remaining` };
    expect(describeBy(copy, refused)).toBe('$12.50 remaining');
    expect(describeBy(copy, new RefillError('no-card', 'There is none.'))).toBeNull();
    expect(describeBy(copy, new Error('away'))).toBeNull();
    expect(hasCode(refused, 'no-card', 'daily-limit')).toBe(true);
  });

  it('cannot be thrown with a code that is not listed, or without what its code carries', () => {
    // @ts-expect-error: no such code
    new RefillError('no-such-code', 'Nobody knows this.');
    // @ts-expect-error: who reads this code reads the limit and what is left of it
    new RefillError('daily-limit', 'Too much for a day.', { limit });
    // @ts-expect-error: nor without anything
    new RefillError('daily-limit', 'Too much for a day.');
    expect(refused.details).toEqual({ limit, room });
  });
});
