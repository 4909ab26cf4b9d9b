import { setTimeout as sleep } from 'node:timers/promises';
import { type Caller, Unanswered } from '../holds/caller.ts';
import { BAHAMAS, FATES, MICROS_A_MINUTE, type Played, playCall } from '../holds/play-call.ts';
import type { Chance } from '../simulate/chance.ts';
import type { Calm } from './calm.ts';

/** Lines of the demo company's people: usage is San Francisco's, which recharges itself, holds are New York's. */
const LINES = { usage: '+14155550101', holds: '+12125550102' } as const;
const PAUSE_MS = { usage: 400, holds: 700 };
const MAX_BATCH = 8;
const MAX_MINUTES = 3;
const MAX_FAULTS = 10;
/** A hold that nothing is heard of ends by itself an hour later: the run is shorter. */
const ENDING = FATES.filter((fate) => fate !== 'leave');
/** What was answered is in the books, or stored and posted in a moment. */
const TAKEN = new Set(['posted', 'duplicate', 'queued']);

interface UsageRecord {
  id: string;
  kind: 'call';
  direction: 'outbound';
  external_number: string;
  internal_number: string;
  answered_at: string;
  duration_seconds: number;
}

export interface PhoneOptions {
  caller: Caller;
  chance: Chance;
  calm: Calm;
  isOn: () => boolean;
}

/**
 * A company's phone system, which asks for credits before calls and sends usage until it is answered: most of it again then, to find
 * what is doubled, and some not, as sending it again would make up for what was lost.
 */
export class PhoneSystem {
  /** What each record that was taken costs, by its id. */
  readonly expected = new Map<string, bigint>();
  readonly played: Played[] = [];
  readonly faults: string[] = [];
  /** How often a record was sent. */
  sent = 0;
  /** The longest that a request waited for its answer while there was no fault. */
  longestAnswerMs = 0;
  #count = 0;
  readonly #options: PhoneOptions;

  constructor(options: PhoneOptions) {
    this.#options = options;
  }

  /** Posts usage in batches of any size for as long as it is on. */
  async post(lane: string): Promise<void> {
    const { chance, isOn } = this.#options;
    for (; isOn(); await sleep(PAUSE_MS.usage)) {
      const records = Array.from({ length: chance.between(1, MAX_BATCH) }, () => this.#draw(lane));
      // Once, or at once to both web processes, or one after the other, and maybe when it is long known.
      const times = chance.between(1, 3);
      if (times === 2) await Promise.all([this.#send(records), this.#send(records)]);
      else for (let n = 0; n < times; n += 2) await this.#send(records);
      if (times > 1 && chance.oneIn(4)) await this.#send(records.toReversed());
    }
  }

  /** Makes calls that ask for credits first, one after the other, for as long as it is on. */
  async call(lane: string): Promise<void> {
    const { caller, chance, isOn } = this.#options;
    for (; isOn(); await sleep(PAUSE_MS.holds)) {
      this.#count += 1;
      const [first = 'capture', ...others] = ENDING;
      const call = {
        id: `${lane}-${this.#count}`,
        line: LINES.holds,
        seconds: 60 * chance.between(1, MAX_MINUTES),
        fate: chance.pick([first, ...others]),
      };
      try {
        const played = await playCall(caller, call);
        this.played.push(played);
        for (const fault of played.faults) this.#fault(fault);
      } catch (error) {
        if (error instanceof Unanswered) throw error;
        this.#fault(`${call.id} (${call.fate}): ${error instanceof Error ? error.message : error}`);
      }
    }
  }

  #draw(lane: string): UsageRecord {
    this.#count += 1;
    return {
      id: `${lane}-${this.#count}`,
      kind: 'call',
      direction: 'outbound',
      external_number: BAHAMAS,
      internal_number: LINES.usage,
      answered_at: new Date().toISOString(),
      duration_seconds: 60 * this.#options.chance.between(1, MAX_MINUTES),
    };
  }

  async #send(records: readonly UsageRecord[]): Promise<void> {
    const { caller, calm } = this.#options;
    const startedAt = performance.now();
    try {
      const { body } = await caller.send('/v1/usage', records);
      const tookMs = performance.now() - startedAt;
      if (calm.isCalm(tookMs)) this.longestAnswerMs = Math.max(this.longestAnswerMs, tookMs);
      this.sent += records.length;
      this.#note(records, body.records as { id: string; outcome: string; message?: string }[]);
    } catch (error) {
      if (error instanceof Unanswered) throw error;
      this.#fault(error instanceof Error ? error.message : String(error));
    }
  }

  #note(
    records: readonly UsageRecord[],
    outcomes: readonly { id: string; outcome: string; message?: string }[],
  ): void {
    for (const [n, { id, duration_seconds: seconds }] of records.entries()) {
      const answer = outcomes[n];
      if (answer?.id !== id || !TAKEN.has(answer.outcome))
        this.#fault(`${id} was answered ${JSON.stringify(answer)}`);
      this.expected.set(id, BigInt(seconds / 60) * MICROS_A_MINUTE);
    }
  }

  #fault(sentence: string): void {
    if (this.faults.length < MAX_FAULTS) this.faults.push(sentence.slice(0, 500));
  }
}
