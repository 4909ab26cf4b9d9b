import { z } from 'zod';
import { type Asked, defineProof, type Outcome, optionalNumber, pickByTurns, wholeNumber } from '../proof.ts';
import { type Discovery, describeDiscoveries, discover } from './discovery.ts';
import { type Failure, runSimulation } from './run.ts';
import { sabotages } from './sabotages.ts';

const LANES = 3;
/** How long the measuring of all mistakes takes at most, unless told otherwise. */
const DISCOVERY_S = 1_800;
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
    /** Of each mistake, or the one that is named: how many seeds it takes to find it, from so many starts. */
    starts: optionalNumber(),
  }),
  sabotages: Object.keys(sabotages),
  sabotageOptions: { seeds: 60 },
  share: (seed) => [
    { options: { seeds: 200, from: 1_000 + (seed % SEEDS_OF_SHARES) * 200, within: 12 } },
    ...pickByTurns(Object.keys(sabotages), 1, seed).map((sabotage) => ({ sabotage })),
  ],
  async play({ seeds, seed, from, within, starts }, asked) {
    const { server, sabotage, onProgress } = asked;
    if (starts !== null) return await measure({ seeds, from, within: within ?? DISCOVERY_S, starts }, asked);
    const count = seed === null ? seeds : 1;
    const lanes = Math.min(LANES, count);
    const databases = await Promise.all(Array.from({ length: lanes }, () => server.migrated()));
    try {
      const report = await runSimulation({
        urls: databases.map(({ url }) => url),
        seeds: sabotage === undefined || seed !== null ? count : Math.min(count, SEEDS_A_SABOTAGE),
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

/** Measures how soon mistakes come to light, one after the other, each for its part of the time that is left. */
async function measure(
  { seeds, from, within, starts }: { seeds: number; from: number; within: number; starts: number },
  { server, sabotage: only, onProgress }: Asked,
): Promise<Outcome> {
  const end = performance.now() + within * 1_000;
  const names = only === undefined ? Object.keys(sabotages) : [only];
  const found: Discovery[] = [];
  for (const [index, sabotage] of names.entries()) {
    const until = performance.now() + (end - performance.now()) / (names.length - index);
    found.push(await discover({ server, sabotage, seeds, from, starts, lanes: LANES, until }));
    onProgress(describeDiscoveries(found).at(-1) ?? '');
  }
  const isMissed = found.some((one) => one.seeds.includes(null));
  const isWhole = found.every(({ unplayed }) => unplayed === 0);
  return {
    verdict: isMissed ? 'broken' : isWhole ? 'holds' : 'unproven',
    figures: { sabotages: found.length, starts, seeds },
    details: describeDiscoveries(found),
  };
}

function describe({ seed, breaks, lastSteps }: Failure): string[] {
  const replay = seed < 0 ? '' : ` (npm run proofs -- simulate --seed ${seed})`;
  return [`seed ${seed}: ${breaks.join('; ')}${replay}`, ...lastSteps.map((step) => `  ${step}`)];
}
