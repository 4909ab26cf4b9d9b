import { z } from 'zod';
import { defineProof, pickByTurns, wholeNumber } from '../proof.ts';
import { runCrash } from './run.ts';
import { sabotages } from './sabotages.ts';

export const crashProof = defineProof({
  claim: 'kill -9 under a purchase load: one credit for each charge, and a receipt for each credit',
  options: z.object({ runs: wholeNumber(50) }),
  sabotages: Object.keys(sabotages),
  sabotageOptions: { runs: 3 },
  // It by itself, or a mistake, by turns.
  share: (seed) =>
    seed % 2 === 0
      ? [{ options: { runs: 3 } }]
      : pickByTurns(Object.keys(sabotages), 1, Math.floor(seed / 2)).map((sabotage) => ({
          options: { runs: 2 },
          sabotage,
        })),
  async play({ runs }, { server, sabotage, onProgress }) {
    const [app, sandbox] = await Promise.all([server.migrated(), server.empty()]);
    try {
      const report = await runCrash({
        runs,
        sabotage,
        urls: { app: app.url, sandbox: sandbox.url },
        onRun: (run, wasInWindow) =>
          onProgress(`kill ${run} of ${runs}${wasInWindow ? ': between charge and credit' : ''}`),
      });
      const isBroken = report.doubled > 0 || report.missing > 0 || report.noticesMissing > 0;
      const verdict = isBroken ? 'broken' : report.clean ? 'holds' : 'unproven';
      return { verdict, figures: { ...report }, details: [] };
    } finally {
      await Promise.all([app.close(), sandbox.close()]);
    }
  },
});
