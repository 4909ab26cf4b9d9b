import { expect, it } from 'vitest';
import { type HammerReport, runHammer } from '../hammer/run.ts';
import { sabotages } from '../hammer/sabotages.ts';
import { freshDatabase } from '../support/database.ts';
import type { Sabotage } from '../support/sabotage.ts';

const RECORDS = 1_000;
const KILLS = 12;

async function hammer(sabotage?: Sabotage): Promise<HammerReport> {
  const database = await freshDatabase({ poolSize: 1 });
  try {
    return await runHammer({ url: database.url, records: RECORDS, kills: KILLS, sabotage });
  } finally {
    await database.close();
  }
}

it('books each record once, whoever sends it, however often, whichever connections are lost', async () => {
  const report = await hammer();
  expect(report).toMatchObject({ effects: RECORDS, deadlocks: 0, faults: 0, firstFault: null, findings: 0 });
  expect(report.kills).toBeGreaterThanOrEqual(KILLS);
  expect(report.otherOperations).toBeGreaterThan(0);
  expect(report.clean).toBe(true);
});

it.each(Object.entries(sabotages))('notices a ledger that is broken: %s', async (_name, sabotage) => {
  const report = await hammer(sabotage);
  expect(report.clean).toBe(false);
  expect(report.faults + report.findings).toBeGreaterThan(0);
});
