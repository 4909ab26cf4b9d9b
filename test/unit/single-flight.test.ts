import { describe, expect, it } from 'vitest';
import { singleFlight } from '../../src/single-flight.ts';

describe('callers at the same time', () => {
  it('share one question a key, and ask anew once it is answered', async () => {
    const asked: string[] = [];
    const read = singleFlight(async (key: string) => {
      asked.push(key);
      return `${key}${asked.length}`;
    });
    expect(await Promise.all([read('a'), read('b'), read('a')])).toEqual(['a1', 'b2', 'a1']);
    expect(await read('a')).toBe('a3');
    expect(asked).toEqual(['a', 'b', 'a']);
  });

  it('share its error, and the next one asks anew', async () => {
    let isDown = true;
    let asked = 0;
    const read = singleFlight(async (_key: bigint) => {
      asked += 1;
      if (isDown) throw new Error('down');
      return 'up';
    });
    const settled = await Promise.allSettled([read(1n), read(1n)]);
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(asked).toBe(1);
    isDown = false;
    expect(await read(1n)).toBe('up');
  });
});
