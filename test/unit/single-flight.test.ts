import { describe, expect, it } from 'vitest';
import { shareNextFlight, singleFlight } from '../../src/single-flight.ts';

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

describe('callers that ask while a question is under way', () => {
  /** Questions that are answered by hand, with their number. */
  function openQuestions(options: { keepMs?: number } = {}) {
    const answers: { give(): void; refuse(): void }[] = [];
    const read = shareNextFlight(
      (_key: string) =>
        new Promise<number>((resolve, reject) => {
          const number = answers.length + 1;
          answers.push({ give: () => resolve(number), refuse: () => reject(new Error('down')) });
        }),
      options,
    );
    return { read, answers };
  }

  it('share the one after it, which begins when that one has ended', async () => {
    const { read, answers } = openQuestions();
    const [first, second, third] = [read('a'), read('a'), read('a')];
    expect(answers).toHaveLength(1);
    answers[0]?.give();
    expect(await first).toBe(1);
    await expect.poll(() => answers.length).toBe(2);
    const fourth = read('a');
    answers[1]?.give();
    expect(await Promise.all([second, third])).toEqual([2, 2]);
    await expect.poll(() => answers.length).toBe(3);
    answers[2]?.give();
    expect(await fourth).toBe(3);
  });

  it('do not share the error of the one before theirs', async () => {
    const { read, answers } = openQuestions();
    const [first, second] = [read('a'), read('a')];
    answers[0]?.refuse();
    await expect(first).rejects.toThrow('down');
    await expect.poll(() => answers.length).toBe(2);
    answers[1]?.give();
    expect(await second).toBe(2);
  });

  it('do not wait for those of another key, nor once all is answered', async () => {
    const { read, answers } = openQuestions();
    const [first, other] = [read('a'), read('b')];
    expect(answers).toHaveLength(2);
    for (const { give } of answers) give();
    expect(await Promise.all([first, other])).toEqual([1, 2]);
    const later = read('a');
    expect(answers).toHaveLength(3);
    answers[2]?.give();
    expect(await later).toBe(3);
  });

  it('share one that is answered already, where it began after they asked', async () => {
    const { read, answers } = openQuestions({ keepMs: 60_000 });
    const askedAt = performance.now();
    const first = read('a');
    answers[0]?.give();
    expect(await first).toBe(1);
    expect(await read('a', askedAt)).toBe(1);
    const later = read('a');
    expect(answers).toHaveLength(2);
    answers[1]?.give();
    expect(await Promise.all([later, read('a', askedAt)])).toEqual([2, 2]);
  });

  it('do not share an error of one that is answered already', async () => {
    const { read, answers } = openQuestions({ keepMs: 60_000 });
    const askedAt = performance.now();
    const first = read('a');
    answers[0]?.refuse();
    await expect(first).rejects.toThrow('down');
    const again = read('a', askedAt);
    answers[1]?.give();
    expect(await again).toBe(2);
  });
});
