import { z } from 'zod';
import type { ProofServer } from './proof-server.ts';

/** What one play of a proof found. */
export interface Outcome {
  /** `unproven`: nothing broke, and what had to be tried did not happen (no kill fell where it matters). */
  verdict: 'holds' | 'broken' | 'unproven';
  /** Printed by name, and as they are with `--json`. */
  figures: Record<string, unknown>;
  /** What broke and how to see it again, a line each. */
  details: readonly string[];
}

/** One play: options that differ from their defaults, and the mistake that it must find, if any. */
export interface Play {
  options?: Record<string, number>;
  sabotage?: string;
}

export interface Proof {
  /** What holds when it holds. */
  readonly claim: string;
  /** Whether it is played only where it is named: it takes hours. */
  readonly isOnlyByName?: boolean | undefined;
  /** Options of the command by name, with their defaults; null where there is none. */
  readonly defaults: Readonly<Record<string, number | null>>;
  /** Mistakes by name, each of which it has to find. */
  readonly sabotages: readonly string[];
  /** With these options each sabotage comes to light. */
  readonly sabotageOptions: Record<string, number>;
  /** The plays that its part of the two-minute share consists of; what they draw follows from the seed. */
  share(seed: number): readonly Play[];
  /** Plays it once. Throws a ZodError for an option that is not what it has to be. */
  play(options: Record<string, number | string>, asked: Asked): Promise<Outcome>;
}

export interface Asked {
  server: ProofServer;
  sabotage: string | undefined;
  /** Takes a line of progress. */
  onProgress: (line: string) => void;
}

interface Definition<S extends z.ZodObject>
  extends Pick<Proof, 'claim' | 'isOnlyByName' | 'share' | 'sabotages' | 'sabotageOptions'> {
  /** Whole numbers, each by `wholeNumber` or `optionalNumber`. */
  options: S;
  play(options: z.output<S>, asked: Asked): Promise<Outcome>;
}

/** A whole number of at least `min`. */
export const wholeNumber = (byDefault: number, { min = 1 } = {}) =>
  z.coerce.number('takes a whole number').int('takes a whole number').min(min).default(byDefault);

/** A whole number, or null where it is not given. */
export const optionalNumber = () =>
  z.coerce.number('takes a whole number').int('takes a whole number').nullable().default(null);

/** Makes a proof of its parts: options are parsed before `play` sees them. */
export function defineProof<S extends z.ZodObject>({ options, play, ...rest }: Definition<S>): Proof {
  return {
    ...rest,
    defaults: z.record(z.string(), z.number().nullable()).parse(options.parse({})),
    play: (given, asked) => play(options.parse(given), asked),
  };
}

/** So many of the names, another part of them for each seed: over many seeds each has its turn. */
export function pickByTurns(names: readonly string[], count: number, seed: number): string[] {
  return Array.from({ length: Math.min(count, names.length) }, (_, i) => {
    const name = names[(seed * count + i) % names.length];
    if (name === undefined) throw new Error('there is nothing to pick from');
    return name;
  });
}
