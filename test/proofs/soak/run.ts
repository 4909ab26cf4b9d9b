/**
 * Plays chance sequences of operations against the model, for as long as is asked. Databases are replaced by fresh ones
 * now and then, each verified before it goes, so that neither memory nor disk grows with the operations.
 */
import fc from 'fast-check';
import { type Db, openDb } from '../../../src/db/index.ts';
import { createLogger } from '../../../src/log.ts';
import { findings } from '../../support/ledger.ts';
import { Mismatch, playSequence } from '../../support/ledger-match.ts';
import { type Sequence, sequence } from '../../support/ledger-steps.ts';
import { openRawDb } from '../../support/raw-db.ts';
import { type Sabotage, sabotageLedger } from '../../support/sabotage.ts';
import { type Break, shrink } from './shrink.ts';

/** Sequences that come from one seed. */
const SEQUENCES_A_SEED = 25;
const OPERATIONS_A_DATABASE = 100_000;

const log = createLogger('silent');

export interface SoakReport {
  clean: boolean;
  operations: number;
  sequences: number;
  seconds: number;
  perSecond: number;
  findings: number;
  firstFinding: string | null;
  /** The seed that broke: `--seed` with it plays the same sequences again. */
  brokenSeed: number | null;
  /** The shortest sequence found that breaks, and how. */
  counterexample: Sequence | null;
  difference: string | null;
  tries: number;
}

export interface SoakOptions {
  /** Opens a migrated database of the soak's own. */
  openDatabase: () => Promise<{ url: string; close(): Promise<void> }>;
  operations: number;
  seed: number;
  /** Sequences that are played at the same time. */
  lanes: number;
  /** Begins no further sequence after this time. */
  withinMs?: number | undefined;
  sabotage?: Sabotage | undefined;
  onProgress?: (operations: number, perSecond: number) => void;
}

/** What came back as new general credits is drawn from those, and comes back to them; chance hardly ever plays it. */
const THERE_AND_BACK: Sequence = {
  pooled: false,
  steps: [
    { op: 'use', office: 'main', class: 'calls', cents: 1, hoursAgo: 60 },
    { op: 'top-up', office: 'main', cents: 1 },
    { op: 'move', which: 0, office: 'branch', class: 'calls', cents: 1 },
    { op: 'move', which: 0, office: 'main', class: 'calls', cents: 1 },
    { op: 'move', which: 0, office: 'branch', class: 'calls', cents: 1 },
    { op: 'move', which: 0, office: 'main', class: 'calls', cents: 1 },
  ],
};

/** Plays until the operations are done, the time is over or something breaks. What is tried to shrink a break is not counted. */
export async function runSoak(options: SoakOptions): Promise<SoakReport> {
  const soak = new Soak(options);
  while (soak.isOn) await soak.playDatabase();
  return soak.report();
}

class Soak {
  readonly #options: SoakOptions;
  readonly #startedAt = performance.now();
  #seed: number;
  #operations = 0;
  #sequences = 0;
  #broken: Pick<SoakReport, 'brokenSeed' | 'counterexample' | 'difference' | 'tries'> | null = null;
  #findings: Pick<SoakReport, 'findings' | 'firstFinding'> = { findings: 0, firstFinding: null };

  constructor(options: SoakOptions) {
    this.#options = options;
    this.#seed = options.seed;
  }

  get isOn(): boolean {
    const { operations, withinMs = Number.POSITIVE_INFINITY } = this.#options;
    const isDone = this.#operations >= operations || performance.now() - this.#startedAt >= withinMs;
    return !isDone && this.#broken === null && this.#findings.findings === 0;
  }

  async playDatabase(): Promise<void> {
    const { lanes, sabotage, openDatabase } = this.#options;
    const database = await openDatabase();
    if (sabotage !== undefined) await sabotageLedger(database.url, sabotage);
    const raw = openRawDb({ url: database.url, poolSize: lanes });
    const until = this.#operations + OPERATIONS_A_DATABASE;
    const lane = async (): Promise<void> => {
      while (this.isOn && this.#operations < until) await this.#playSeed(raw.db);
    };
    try {
      await this.#playAll(raw.db, this.#seed, [THERE_AND_BACK]);
      await Promise.all(Array.from({ length: lanes }, lane));
      await raw.close();
      if (this.#broken === null) this.#findings = await verify(database.url);
    } finally {
      await database.close();
    }
  }

  report(): SoakReport {
    const seconds = (performance.now() - this.#startedAt) / 1000;
    return {
      clean: this.#broken === null && this.#findings.findings === 0,
      operations: this.#operations,
      sequences: this.#sequences,
      seconds: Math.round(seconds * 10) / 10,
      perSecond: Math.round(this.#operations / seconds),
      ...this.#findings,
      ...(this.#broken ?? { brokenSeed: null, counterexample: null, difference: null, tries: 0 }),
    };
  }

  async #playSeed(db: Db): Promise<void> {
    const seed = this.#seed;
    this.#seed += 1;
    await this.#playAll(db, seed, fc.sample(sequence, { seed, numRuns: SEQUENCES_A_SEED }));
    const seconds = (performance.now() - this.#startedAt) / 1000;
    this.#options.onProgress?.(this.#operations, this.#operations / seconds);
  }

  async #playAll(db: Db, seed: number, sequences: readonly Sequence[]): Promise<void> {
    for (const one of sequences) {
      if (!this.isOn) return;
      this.#sequences += 1;
      this.#operations += one.steps.length;
      const broken = await play(db, one);
      if (broken !== null && this.#broken === null) await this.#shrink(db, seed, one, broken);
    }
  }

  async #shrink(db: Db, brokenSeed: number, one: Sequence, { difference }: Break): Promise<void> {
    // Said before it is shrunk, so that the other lanes end.
    this.#broken = { brokenSeed, counterexample: one, difference, tries: 0 };
    const shrunken = await shrink(one, (shorter) => play(db, shorter, 1));
    if (shrunken === null) return;
    const { sequence: counterexample, tries } = shrunken;
    this.#broken = { brokenSeed, counterexample, difference: shrunken.difference, tries };
  }
}

/** How a sequence breaks, or null. A fault of the ledger breaks it as a wrong answer does. */
async function play(db: Db, one: Sequence, comparedEvery?: number): Promise<Break | null> {
  try {
    await playSequence(db, one, comparedEvery);
    return null;
  } catch (error) {
    const step = error instanceof Mismatch ? error.step : one.steps.length;
    return { step, difference: error instanceof Error ? error.message : String(error) };
  }
}

async function verify(url: string): Promise<Pick<SoakReport, 'findings' | 'firstFinding'>> {
  const db = await openDb({ url, poolSize: 2, log });
  try {
    const found = await findings(db);
    const first = found[0];
    const firstFinding =
      first === undefined ? null : `${first.check}: ${first.table}.${first.column} of ${first.row}`;
    return { findings: found.length, firstFinding };
  } finally {
    await db.$disconnect();
  }
}
