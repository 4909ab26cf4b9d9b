import { z } from 'zod';
import { defineProof, optionalNumber, wholeNumber } from '../proof.ts';
import { runFuzz } from './run.ts';
import { sabotages } from './sabotages.ts';
import { buildWorld } from './world.ts';

/** Memory at the end, as a multiple of what it was after the first 10,000. */
const MOST_GROWTH = 1.1;
/** A short run ends while the app still warms up: then only a gross leak shows. */
const MOST_GROWTH_COLD = 1.5;
const WARM_FROM = 20_000;
const LEAST_REACHED = 0.6;

export const fuzzProof = defineProof({
  claim:
    'odd requests to every address, well signed: none fails, most reach a handler, memory does not grow, the books hold',
  isOnlyByName: true,
  options: z.object({
    requests: wholeNumber(100_000),
    seed: wholeNumber(1, { min: 0 }),
    request: optionalNumber(),
  }),
  sabotages: Object.keys(sabotages),
  sabotageOptions: { requests: 3_000 },
  share: () => [],
  async play({ requests, seed, request }, { server, sabotage, onProgress }) {
    const world = await buildWorld(server, (sabotage === undefined ? undefined : sabotages[sabotage]) ?? {});
    try {
      const report = await runFuzz(world, { requests, seed, only: request, onProgress });
      const { findings, warm, end, bySurface, byStatus } = report;
      const growth = warm.liveBytes === 0 ? 0 : end.liveBytes / warm.liveBytes;
      const most = requests < WARM_FROM ? MOST_GROWTH_COLD : MOST_GROWTH;
      const reached = report.requests === 0 ? 0 : report.reached / report.requests;
      const hasGrown = growth > most;
      const isProven = request !== null || reached >= LEAST_REACHED;
      return {
        verdict: findings.length > 0 || hasGrown ? 'broken' : isProven ? 'holds' : 'unproven',
        figures: {
          seed,
          requests: report.requests,
          reached: percent(reached),
          ...Object.fromEntries(
            Object.entries(bySurface).map(([surface, of]) => [
              surface,
              `${of.sent}, ${percent(of.reached / of.sent)} reached`,
            ]),
          ),
          statuses: Object.entries(byStatus)
            .toSorted()
            .map(([status, count]) => `${status}: ${count}`)
            .join(', '),
          growth: growth.toFixed(3),
          liveMegabytes: `${megabytes(warm.liveBytes)} to ${megabytes(end.liveBytes)}`,
          residentMegabytes: `${megabytes(warm.residentBytes)} to ${megabytes(end.residentBytes)}`,
          late: report.late,
          seconds: report.seconds.toFixed(0),
          findings: findings.length,
        },
        details: [
          ...(hasGrown ? [`memory grew by the factor ${growth.toFixed(2)}; ${most} is allowed`] : []),
          ...findings.slice(0, 20),
        ],
      };
    } finally {
      await world.close();
    }
  },
});

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1);
