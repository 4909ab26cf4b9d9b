import { z } from 'zod';
import { defineProof, wholeNumber } from '../proof.ts';
import { runDay } from './run.ts';

export const dayProof = defineProof({
  claim:
    'a day of usage through every entry, doubled, late and shuffled, costs to the micro-dollar what happened',
  options: z.object({
    events: wholeNumber(200_000),
    seed: wholeNumber(1, { min: 0 }),
    batch: wholeNumber(500),
  }),
  sabotages: [],
  sabotageOptions: {},
  share: (seed) => [{ options: { events: 3_000, seed, batch: 211 } }],
  async play({ events, seed, batch }, { server }) {
    const database = await server.migrated();
    try {
      const report = await runDay({ databaseUrl: database.url, events, seed, batch });
      return {
        verdict: report.clean ? 'holds' : 'broken',
        figures: { seed, ...report },
        details: report.clean
          ? []
          : [`npm run proofs -- day --seed ${seed} --events ${events} plays it again`],
      };
    } finally {
      await database.close();
    }
  },
});
