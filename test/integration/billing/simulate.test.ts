import { describe, expect, inject, it, vi } from 'vitest';
import { runSimulation, type SimulationReport } from '../../faults/simulate/run.ts';
import { sabotages } from '../../faults/simulate/sabotage.ts';
import { createScratchDatabases } from '../../support/scratch-databases.ts';

/** Many sequences, and on a busy machine. */
vi.setConfig({ testTimeout: 180_000 });

async function simulate(options: {
  seeds: number;
  sabotage?: string;
  stopsEarly?: boolean;
}): Promise<SimulationReport> {
  const scratch = await createScratchDatabases(inject('testServerUrl'), ['seeds']);
  try {
    return await runSimulation({ firstSeed: 1, urls: [scratch.urls.seeds], ...options });
  } finally {
    await scratch.drop();
  }
}

describe('billing, whatever comes in whatever order', () => {
  it('credits what was charged, recharges one at a time and within the cap, and says each thing once', async () => {
    const report = await simulate({ seeds: 12 });
    expect(report.failures).toEqual([]);
    expect(report.charges).toBeGreaterThan(12);
  });

  it.each(Object.keys(sabotages))('is caught when it is broken: %s', async (sabotage) => {
    const report = await simulate({ seeds: 30, sabotage, stopsEarly: true });
    expect(report.clean).toBe(false);
  });
});
