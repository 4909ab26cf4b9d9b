import { expect, it } from 'vitest';
import { rowsToAskFor } from '../../../src/db/index.ts';

it('asks for what is wanted or a little more, in ten sizes at most for every page of the API', () => {
  const wanted = Array.from({ length: 501 }, (_, n) => n + 1);
  for (const rows of wanted) expect(rowsToAskFor(rows)).toBeGreaterThanOrEqual(rows);
  expect([...new Set(wanted.map(rowsToAskFor))]).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
});
