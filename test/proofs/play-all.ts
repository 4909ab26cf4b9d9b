import type { Asked, Outcome, Play, Proof } from './proof.ts';

/** Chance decides whether a kill falls where it matters: what proves nothing is played again, so often at most. */
const MAX_PLAYS = 4;

export interface Planned extends Play {
  name: string;
  proof: Proof;
}

export interface Played extends Outcome {
  planned: Planned;
  passed: boolean;
  seconds: number;
}

/** What a whole proof consists of: its full form, and then each mistake that it has to find. */
export function planWhole(name: string, proof: Proof): Planned[] {
  if (proof.isOnlyByName === true) return [];
  return [
    { name, proof },
    ...proof.sabotages.map((sabotage) => ({ name, proof, sabotage, options: proof.sabotageOptions })),
  ];
}

/**
 * Plays it, and again while it proves nothing. A play passes when it holds; one with a sabotage passes when that is
 * found.
 */
export async function playUntilProven(planned: Planned, asked: Omit<Asked, 'sabotage'>): Promise<Played> {
  const startedAt = performance.now();
  const { proof, sabotage, options = {} } = planned;
  let outcome = await proof.play(options, { ...asked, sabotage });
  const hoped = sabotage === undefined ? 'holds' : 'broken';
  for (let plays = 1; plays < MAX_PLAYS && isWorthAnother(outcome, sabotage); plays += 1)
    outcome = await proof.play(options, { ...asked, sabotage });
  const seconds = (performance.now() - startedAt) / 1_000;
  return { ...outcome, planned, passed: outcome.verdict === hoped, seconds };
}

/** A sabotage that did not come to light may do so at the next kill; a ledger that broke once is broken. */
function isWorthAnother({ verdict }: Outcome, sabotage: string | undefined): boolean {
  return verdict === 'unproven' || (sabotage !== undefined && verdict === 'holds');
}
