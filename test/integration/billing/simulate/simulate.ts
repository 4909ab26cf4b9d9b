import { expect, inject } from 'vitest';
import { runSimulation, type SimulationReport } from '../../../faults/simulate/run.ts';
import { createScratchDatabases } from '../../../support/scratch-databases.ts';

export interface SimulationWords {
  seeds: number;
  firstSeed?: number;
  sabotage?: string;
  stopsEarly?: boolean;
  withinMs?: number;
}

/** Runs seeds of the simulation on a database of their own. */
export async function simulate(words: SimulationWords): Promise<SimulationReport> {
  const scratch = await createScratchDatabases(inject('testServerUrl'), ['seeds']);
  try {
    return await runSimulation({ firstSeed: 1, urls: [scratch.urls.seeds], ...words });
  } finally {
    await scratch.drop();
  }
}

/** How long a hundred seeds may take here; on a machine that is busy with something else, fewer are played. */
const WITHIN_MS = 50_000;
const FEWEST = 15;

/** A hundred seeds, none of which breaks anything; not all of them can have done nothing. */
export async function expectNoBreaks(firstSeed: number): Promise<void> {
  const report = await simulate({ seeds: 100, firstSeed, withinMs: WITHIN_MS });
  expect(report.failures).toEqual([]);
  expect(report.seeds).toBeGreaterThanOrEqual(FEWEST);
  expect(report.charges).toBeGreaterThan(report.seeds);
}
