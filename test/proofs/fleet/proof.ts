import { z } from 'zod';
import { Unanswered } from '../holds/caller.ts';
import { defineProof, wholeNumber } from '../proof.ts';
import { type FleetReport, runFleet } from './run.ts';
import { sabotages } from './sabotages.ts';

/** Without faults nothing waits longer for a worker or an answer. */
const MAX_WAIT_MS = 1_000;

export const fleetProof = defineProof({
  claim:
    'two web processes and two workers, killed every few seconds, the server restarted, versions mixed: nothing is lost, nothing doubled',
  isOnlyByName: true,
  options: z.object({
    seconds: wholeNumber(600),
    'kill-every': wholeNumber(5, { min: 0 }),
    restarts: wholeNumber(2, { min: 0 }),
    seed: wholeNumber(1, { min: 0 }),
    old: z
      .string()
      .regex(/^[0-9a-f]{7,40}$/, 'takes the hash of a commit')
      .nullable()
      .default(null),
  }),
  sabotages: Object.keys(sabotages),
  sabotageOptions: { seconds: 30 },
  share: () => [],
  async play({ seconds, 'kill-every': killEverySeconds, restarts, seed, old }, asked) {
    const { server, sabotage, onProgress } = asked;
    const sandbox = await server.empty();
    try {
      const report = await runFleet({
        seconds,
        killEverySeconds,
        restarts,
        seed,
        oldCommit: old,
        breakage: sabotage === undefined ? undefined : sabotages[sabotage],
        sandboxUrl: sandbox.url,
        onProgress,
      });
      return judge(report, { seed, isCalm: killEverySeconds === 0 && restarts === 0 });
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      return { verdict: 'unproven', figures: { seed }, details: [error.message] };
    } finally {
      await sandbox.close();
    }
  },
});

function judge(report: FleetReport, { seed, isCalm }: { seed: number; isCalm: boolean }) {
  const { faults, errors, longestMs, refusal, longestAnswerMs, ...figures } = report;
  const [slowest] = [...longestMs].toSorted(([, a], [, b]) => b - a);
  const late = [...longestMs, ['an answer to usage', longestAnswerMs] as const]
    .filter(([, ms]) => isCalm && ms > MAX_WAIT_MS)
    .map(([name, ms]) => `${name} waited ${ms.toFixed(0)} ms, without a fault`);
  const { posted, holds, credits, recharges, exports, kills, retries } = figures;
  const isProof =
    Math.min(posted, holds, credits, recharges, exports, isCalm ? 1 : Math.min(kills, retries)) > 0;
  const broken = [...faults, ...late];
  return {
    verdict: broken.length > 0 ? ('broken' as const) : isProof ? ('holds' as const) : ('unproven' as const),
    figures: {
      seed,
      ...figures,
      longestWait: slowest === undefined ? 'none' : `${slowest[1].toFixed(0)} ms (${slowest[0]})`,
      longestAnswer: `${longestAnswerMs.toFixed(0)} ms`,
      old: refusal === null ? 'beside' : 'refused',
      errors: [...errors.values()].reduce((sum, count) => sum + count, 0),
      faults: broken.length,
    },
    details: [
      ...broken.slice(0, 20),
      ...(refusal === null ? [] : [`the older version: ${refusal}`]),
      ...[...errors].map(([message, count]) => `logged ${count} ×: ${message}`),
    ],
  };
}
