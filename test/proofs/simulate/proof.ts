import { z } from 'zod';
import { defineProof, optionalNumber, pickByTurns, wholeNumber } from '../proof.ts';
import { type Failure, runSimulation } from './run.ts';
import { sabotages } from './sabotages.ts';

const LANES = 3;
/** A mistake comes to light within so many seeds. */
const SEEDS_A_SABOTAGE = 60;
/** So many seeds are drawn by the share's seed; those before them are the ones that commands play. */
const SEEDS_OF_SHARES = 1_000_000;

export const simulateProof = defineProof({
  claim: 'seeded clicks, jobs, time-outs, deaths and clock jumps: charges, credits and notices agree',
  options: z.object({
    seeds: wholeNumber(300),
    /** Plays this one alone. */
    seed: optionalNumber(),
    from: wholeNumber(1),
    /** Begins no further seed after so many seconds. */
    within: optionalNumber(),
  }),
  sabotages: Object.keys(sabotages),
  sabotageOptions: { seeds: 60 },
  share: (seed) => [
    { options: { seeds: 200, from: 1_000 + (seed % SEEDS_OF_SHARES) * 200, within: 20 } },
    ...pickByTurns(Object.keys(sabotages), 1, seed).map((sabotage) => ({ sabotage })),
  ],
  async play({ seeds, seed, from, within }, { server, sabotage, onProgress }) {
    const asked = seed === null ? seeds : 1;
    const lanes = Math.min(LANES, asked);
    const databases = await Promise.all(Array.from({ length: lanes }, () => server.migrated()));
    try {
      const report = await runSimulation({
        urls: databases.map(({ url }) => url),
        seeds: sabotage === undefined || seed !== null ? asked : Math.min(asked, SEEDS_A_SABOTAGE),
        firstSeed: seed ?? from,
        sabotage,
        stopsEarly: sabotage !== undefined,
        ...(within === null ? {} : { withinMs: within * 1_000 }),
        onSeed: (failure) => {
          if (failure !== null) describe(failure).forEach(onProgress);
        },
      });
      const { failures, clean, ...figures } = report;
      // Books in which nothing was bought show nothing.
      const isProof = report.charges > report.seeds;
      return {
        verdict: !clean ? 'broken' : isProof ? 'holds' : 'unproven',
        figures: { ...figures, broken: failures.length },
        details: failures.flatMap(describe),
      };
    } finally {
      await Promise.all(databases.map((database) => database.close()));
    }
  },
});

function describe({ seed, breaks, lastSteps }: Failure): string[] {
  const replay = seed < 0 ? '' : ` (npm run proofs -- simulate --seed ${seed})`;
  return [`seed ${seed}: ${breaks.join('; ')}${replay}`, ...lastSteps.map((step) => `  ${step}`)];
}
