import { expect, it } from 'vitest';
import { runDay } from '../../day/run.ts';
import { freshDatabase } from '../../support/database.ts';

it.each([
  [1, 2_000],
  [2, 1_000],
])(
  'a day through every door, doubled, late and shuffled, costs to the micro-dollar what truly happened (seed %i, %i events)',
  async (seed, events) => {
    const database = await freshDatabase();
    try {
      const report = await runDay({ databaseUrl: database.url, events, seed, batch: 211 });
      expect(report).toMatchObject({ wrong: 0, findings: 0, clean: true });
      expect(report.charged).toBe(report.owed);
    } finally {
      await database.close();
    }
  },
);
