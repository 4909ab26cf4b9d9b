import { z } from 'zod';
import { defineProof, pickByTurns, wholeNumber } from '../proof.ts';
import { chanceOf } from '../simulate/chance.ts';
import { listCells } from './cells.ts';
import { playAccess } from './run.ts';
import { sabotages } from './sabotages.ts';
import { buildWorld } from './world.ts';

export const accessProof = defineProof({
  claim:
    'nobody does or sees what is not theirs, whatever they send, signed, for any button, form, list or command',
  options: z.object({ requests: wholeNumber(10_000), seed: wholeNumber(1, { min: 0 }) }),
  sabotages: Object.keys(sabotages),
  // All that the matrix has about what is broken.
  sabotageOptions: { requests: 120 },
  share: (seed) => [
    { options: { requests: 100, seed } },
    ...pickByTurns(Object.keys(sabotages), 1, seed).map((sabotage) => ({
      options: { requests: 40, seed },
      sabotage,
    })),
  ],
  async play({ requests, seed }, { server, sabotage, onProgress }) {
    const mistake = sabotage === undefined ? undefined : sabotages[sabotage];
    const repair = mistake?.make();
    const world = await buildWorld(server);
    try {
      const { faults, unplayed, ...figures } = await playAccess(world, {
        requests,
        random: chanceOf(seed).next,
        only: mistake?.row,
        mostFaults: mistake === undefined ? 20 : 1,
        onProgress,
      });
      // With all of the matrix asked about, everything that anybody may do has to have been seen to work.
      const fields = listCells().length;
      const isProven = mistake !== undefined || requests < fields || unplayed.length === 0;
      return {
        verdict: faults.length > 0 ? 'broken' : isProven ? 'holds' : 'unproven',
        figures: { seed, fields, ...figures, unplayed: unplayed.length },
        details: isProven ? faults : [...faults, `never seen to work: ${unplayed.join(', ')}`],
      };
    } finally {
      await world.close();
      repair?.();
    }
  },
});
