import { chanceOf } from '../simulate/chance.ts';

/** Draws that follow from a seed. */
export interface Draw {
  below(limit: number): number;
  isTrue(share: number): boolean;
  pick<T>(choices: readonly T[]): T;
  shuffled<T>(values: readonly T[]): T[];
}

/** The draws of one seed. */
export function drawOf(seed: number): Draw {
  const chance = chanceOf(seed);
  const below = (limit: number): number => chance.between(0, limit - 1);
  return {
    below,
    isTrue: (share) => chance.next() < share,
    pick: (choices) => {
      const picked = choices[below(choices.length)];
      if (picked === undefined) throw new RangeError('there is nothing to pick from');
      return picked;
    },
    shuffled: (values) =>
      values
        .map((value) => ({ value, at: chance.next() }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ value }) => value),
  };
}
