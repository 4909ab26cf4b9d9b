import { expect, it } from 'vitest';
import { runDay } from '../../day/run.ts';
import { freshDatabase } from '../../support/database.ts';

it.each([1, 2])(
  'a day of events, doubled, late and shuffled, costs to the micro-dollar what truly happened (seed %i)',
  async (seed) => {
    const database = await freshDatabase();
    try {
      const report = await runDay({ databaseUrl: database.url, events: 3_000, seed, batch: 97 });
      expect(report).toMatchObject({ wrong: 0, findings: 0, clean: true });
      expect(report.charged).toBe(report.owed);
    } finally {
      await database.close();
    }
  },
);
