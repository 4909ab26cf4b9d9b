import { z } from 'zod';
import { defineProof, pickByTurns, wholeNumber } from '../proof.ts';
import { Unanswered } from './caller.ts';
import { runHolds } from './run.ts';
import { sabotages } from './sabotages.ts';

/** Only the full proof plays it: its holds never end, so that every wait for them takes its whole minute. */
const SLOW = 'expired-kept';
const quick = Object.keys(sabotages).filter((name) => name !== SLOW);

export const holdsProof = defineProof({
  claim:
    'kill -9 while 70 calls ask for credits at once: no limit is passed, each hold ends once, nothing is lost',
  options: z.object({ kills: wholeNumber(20) }),
  sabotages: Object.keys(sabotages),
  sabotageOptions: { kills: 1 },
  // It by itself, and a mistake, by turns: each takes as long as what it was given of the soak's share.
  share: (seed) => {
    const [sabotage = 'no-lock'] = pickByTurns(quick, 1, Math.floor(seed / 2));
    return [{ options: { kills: 1 }, ...(seed % 2 === 0 ? { sabotage } : {}) }];
  },
  async play({ kills }, { server, sabotage, onProgress }) {
    const [app, sandbox] = await Promise.all([server.migrated(), server.empty()]);
    try {
      const { faults, ...figures } = await runHolds({
        kills,
        breakage: sabotage === undefined ? undefined : sabotages[sabotage],
        urls: { app: app.url, sandbox: sandbox.url },
        onRound: (round) => onProgress(`kill ${round} of ${kills}`),
      });
      const { overLimit, overCredits, captured, expired, retries, isOtherPeriod } = figures;
      const isProof = Math.min(overLimit, overCredits, captured, expired, retries) > 0 && !isOtherPeriod;
      const verdict = isOtherPeriod
        ? 'unproven'
        : faults.length > 0
          ? 'broken'
          : isProof
            ? 'holds'
            : 'unproven';
      return { verdict, figures: { ...figures, faults: faults.length }, details: faults.slice(0, 10) };
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      return { verdict: 'unproven', figures: { kills }, details: [error.message] };
    } finally {
      await Promise.all([app.close(), sandbox.close()]);
    }
  },
});
