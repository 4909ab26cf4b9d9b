import type { Sequence } from '../../support/ledger-steps.ts';

/** How a sequence breaks: after which of its steps, counted from 1, and what differs then. */
export interface Break {
  step: number;
  difference: string;
}

export interface Shrunken extends Break {
  sequence: Sequence;
  /** How often a shorter sequence was tried. */
  tries: number;
}

/**
 * Leaves out of a broken sequence what it breaks without: halves first, then ever smaller pieces, down to single steps.
 * `play` answers how a sequence breaks, or null. Null where the sequence does not break again.
 */
export async function shrink(
  sequence: Sequence,
  play: (sequence: Sequence) => Promise<Break | null>,
): Promise<Shrunken | null> {
  const first = await play(sequence);
  if (first === null) return null;
  let found = first;
  let steps = sequence.steps.slice(0, first.step);
  let tries = 1;
  for (let size = Math.ceil(steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    // From the end, so that what is cut off after an earlier break never shifts what comes next.
    for (let from = steps.length - size; from > -size; from -= size) {
      const shorter = steps.filter((_, i) => i < from || i >= from + size);
      tries += 1;
      const broken = shorter.length === 0 ? null : await play({ ...sequence, steps: shorter });
      if (broken === null) continue;
      found = broken;
      steps = shorter.slice(0, broken.step);
      from = Math.min(from, steps.length);
    }
  }
  return { ...found, sequence: { ...sequence, steps }, tries };
}
