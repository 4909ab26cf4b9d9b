import { z } from 'zod';
import { defineProof, pickByTurns, wholeNumber } from '../proof.ts';
import { runHammer } from './run.ts';
import { sabotages } from './sabotages.ts';

export const hammerProof = defineProof({
  claim:
    'eight clients, every usage sent six times, connections cut: the ledger holds each once, and no hold passes a spending limit',
  options: z.object({ records: wholeNumber(20_000), kills: wholeNumber(100, { min: 0 }) }),
  sabotages: Object.keys(sabotages),
  sabotageOptions: { records: 1_000, kills: 12 },
  share: (seed) => [
    { options: { records: 1_000, kills: 12 } },
    ...pickByTurns(Object.keys(sabotages), 1, seed).map((sabotage) => ({
      options: { records: 1_000, kills: 12 },
      sabotage,
    })),
  ],
  async play({ records, kills }, { server, sabotage }) {
    const database = await server.migrated();
    try {
      const report = await runHammer({
        url: database.url,
        records,
        kills,
        sabotage: sabotage === undefined ? undefined : sabotages[sabotage],
      });
      const isProof =
        report.kills >= kills &&
        report.otherOperations > 0 &&
        report.overLimit > 0 &&
        report.capturedCalls > 0;
      return {
        verdict: isBroken(report) ? 'broken' : report.clean && isProof ? 'holds' : 'unproven',
        figures: { ...report, limitFaults: report.limitFaults.length },
        details: [report.firstFault, report.firstFinding, ...report.limitFaults].filter(
          (text) => text !== null,
        ),
      };
    } finally {
      await database.close();
    }
  },
});

/** Whether books are wrong or calls failed: too few connections cut are no fault of the ledger's. */
function isBroken(report: Awaited<ReturnType<typeof runHammer>>): boolean {
  const { effects, records, posted, faults, conflicts, findings, deadlocks, limitFaults } = report;
  return (
    effects !== records ||
    posted > effects ||
    faults + conflicts + findings + deadlocks + limitFaults.length > 0
  );
}
