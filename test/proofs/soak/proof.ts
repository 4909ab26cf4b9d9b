import { z } from 'zod';
import { defineProof, optionalNumber, pickByTurns, wholeNumber } from '../proof.ts';
import { runSoak, type SoakReport } from './run.ts';
import { sabotages } from './sabotages.ts';

const PROGRESS_EVERY_MS = 5_000;
/** With this seed each mistake comes to light within so many operations, but for the slow one in about a minute. */
const KNOWN_SEED = 5;
const OPERATIONS_A_SABOTAGE = 60_000;
const SLOW = 'settled-twice';
const quick = Object.keys(sabotages).filter((name) => name !== SLOW);
/** Longer counterexamples are none that anybody can read. */
const MAX_STEPS = 12;

export const soakProof = defineProof({
  claim: 'the ledger does what a plain model in memory does, whatever the order of operations',
  options: z.object({
    operations: wholeNumber(1_000_000),
    seed: wholeNumber(KNOWN_SEED, { min: 0 }),
    lanes: wholeNumber(4),
    /** Begins no further sequence after so many seconds. */
    within: optionalNumber(),
  }),
  sabotages: Object.keys(sabotages),
  sabotageOptions: { operations: OPERATIONS_A_SABOTAGE, lanes: 3 },
  share: (seed) => [
    { options: { operations: 200_000, seed, within: 12 } },
    ...pickByTurns(quick, 1, seed).map((sabotage) => ({
      options: { operations: OPERATIONS_A_SABOTAGE, lanes: 3 },
      sabotage,
    })),
  ],
  async play({ operations, seed, lanes, within }, { server, sabotage, onProgress }) {
    let progressAt = 0;
    const report = await runSoak({
      openDatabase: server.migrated,
      operations,
      seed,
      lanes,
      withinMs: within === null ? undefined : within * 1_000,
      sabotage: sabotage === undefined ? undefined : sabotages[sabotage],
      onProgress: (done, perSecond) => {
        if (performance.now() - progressAt < PROGRESS_EVERY_MS) return;
        progressAt = performance.now();
        onProgress(`${done} of ${operations} operations, ${perSecond.toFixed(0)} a second`);
      },
    });
    const { counterexample, ...figures } = report;
    const isReadable = counterexample === null || counterexample.steps.length <= MAX_STEPS;
    return {
      verdict: report.clean ? 'holds' : isReadable ? 'broken' : 'unproven',
      figures: { seed, ...figures },
      details: describe(report),
    };
  },
});

function describe({ counterexample, difference, firstFinding, brokenSeed }: SoakReport): string[] {
  const findings = [difference, firstFinding].filter((text) => text !== null);
  if (counterexample === null) return findings;
  return [
    ...findings,
    `npm run proofs -- soak --seed ${brokenSeed} plays it again; it breaks where credits are ${counterexample.pooled ? '' : 'not '}shared:`,
    ...counterexample.steps.map((step) => `  ${JSON.stringify(step)}`),
  ];
}
