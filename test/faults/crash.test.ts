import { describe, expect, inject, it } from 'vitest';
import { createScratchDatabases } from '../support/scratch-databases.ts';
import { type CrashReport, runCrash } from './crash/run.ts';

const RUNS = 3;

async function crash(sabotage?: string): Promise<CrashReport> {
  const scratch = await createScratchDatabases(inject('testServerUrl'), ['app', 'sandbox']);
  try {
    return await runCrash({ runs: RUNS, sabotage, urls: scratch.urls });
  } finally {
    await scratch.drop();
  }
}

/** Repeats until enough kills fell between a charge and its credit: elsewhere even a broken app looks sound. */
async function crashInTheWindow(sabotage?: string): Promise<CrashReport> {
  for (let tries = 1; ; tries += 1) {
    const report = await crash(sabotage);
    if (report.killsInWindow > 0 || tries === 4) return report;
  }
}

describe('kill -9 under a purchase load', () => {
  it('leaves one credit for each charge, one charge for each purchase, and a receipt for each credit', async () => {
    const report = await crashInTheWindow();
    expect(report).toMatchObject({ doubled: 0, missing: 0, noticesMissing: 0 });
    expect(report.killsInWindow).toBeGreaterThan(0);
    expect(report.charges).toBe(report.credits);
  });

  it.each(['key-per-try', 'credit-before-charge'])(
    'is caught when the purchase is broken: %s',
    async (sabotage) => {
      const report = await crashInTheWindow(sabotage);
      expect(report.doubled + report.missing).toBeGreaterThan(0);
    },
  );
});
