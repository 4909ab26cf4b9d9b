import { describe, expect, it } from 'vitest';
import { limitConcurrency } from '../../../src/slack/access/limit-concurrency.ts';
import { barrier } from '../../support/barrier.ts';

describe('works that take turns', () => {
  it('run so many at a time, the others in their order, whatever becomes of those before', async () => {
    const inTurn = limitConcurrency(2);
    const begun: number[] = [];
    const works = [0, 1, 2, 3].map((number) => {
      const { opened, open } = barrier();
      const ended = inTurn(async () => {
        begun.push(number);
        await opened;
        if (number === 0) throw new Error('down');
        return number;
      });
      return { open, ended };
    });
    const [first, second, third, fourth] = works;
    expect(begun).toEqual([0, 1]);
    first?.open();
    await expect(first?.ended).rejects.toThrow('down');
    await expect.poll(() => begun).toEqual([0, 1, 2]);
    for (const each of [second, third, fourth]) each?.open();
    expect(await Promise.all([second?.ended, third?.ended, fourth?.ended])).toEqual([1, 2, 3]);
    expect(begun).toEqual([0, 1, 2, 3]);
    expect(await inTurn(async () => 'alone')).toBe('alone');
  });
});
