import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KINDS, sequence } from '../../support/ledger-steps.ts';

it('chance plays every operation of the ledger at least once in a hundred, in sequences of 25 on average', () => {
  const sequences = fc.sample(sequence, { seed: 1, numRuns: 1_000 });
  const counts = new Map<string, number>();
  for (const { op } of sequences.flatMap(({ steps }) => steps)) counts.set(op, (counts.get(op) ?? 0) + 1);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  expect([...counts].filter(([, count]) => count * 100 < total)).toEqual([]);
  expect(counts.size).toBe(KINDS);
  expect(total / sequences.length).toBeGreaterThanOrEqual(25);
});
