import { expect, it, vi } from 'vitest';
import { runSoak, type SoakReport } from '../../soak/run.ts';
import { sabotages } from '../../soak/sabotages.ts';
import { freshDatabase } from '../../support/database.ts';
import type { Sabotage } from '../../support/sabotage.ts';

/** Many sequences, and on a busy machine. */
vi.setConfig({ testTimeout: 180_000 });

const openDatabase = () => freshDatabase({ poolSize: 1 });

function soak(operations: number, sabotage?: Sabotage): Promise<SoakReport> {
  return runSoak({ openDatabase, operations, seed: 5, lanes: 3, sabotage });
}

it('the sound ledger does what the model does', async () => {
  const report = await soak(1_000);
  expect(report).toMatchObject({ clean: true, difference: null, firstFinding: null });
  expect(report.operations).toBeGreaterThanOrEqual(1_000);
});

/** All but one that takes the better part of a minute to come up; `npm run soak -- --sabotage settled-twice` shows it. */
const quick = Object.entries(sabotages).filter(([name]) => name !== 'settled-twice');

it.each(quick)('finds a broken ledger and shows how: %s', async (_name, sabotage) => {
  const report = await soak(20_000, sabotage);
  expect(report.clean).toBe(false);
  expect(report.difference).not.toBeNull();
  expect(report.counterexample?.steps.length).toBeGreaterThan(0);
  expect(report.counterexample?.steps.length).toBeLessThanOrEqual(12);
});
