import { setTimeout as sleep } from 'node:timers/promises';
import type { Db } from '../../../src/db/index.ts';
import {
  extendHold,
  type NewUsage,
  placeHold,
  releaseHold,
  setSpendingLimit,
  settleHold,
} from '../../../src/ledger/index.ts';
import { dollars, toMicros } from '../../../src/money.ts';
import { MAIN, november } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';
import type { Tally } from './tally.ts';

/** Somebody whose calls nothing else touches. */
const CALLER = 999n;
/** Twenty holds at once; what a call costs in the end is so little that hundreds fit into it. */
const LIMIT = dollars('20');
const HELD = dollars('1');
const COST = dollars('0.03');
const AT_ONCE = 50;
const LOOK_EVERY_MS = 15;
const MAX_FAULTS = 5;
const SOURCE = 'limited';

/** What became of a limited person's calls. */
export interface LimitedReport {
  heldCalls: number;
  overLimit: number;
  capturedCalls: number;
  looks: number;
  limitFaults: string[];
}

/**
 * Calls of a person with a spending limit, from all clients at once: each is held, maybe extended, and captured or released, also
 * by several at once and under other ids. What is spent and held together is never more than the limit, and a hold is captured once.
 */
export class LimitedCalls {
  readonly #companyId: bigint;
  readonly #tally: Tally;
  readonly #held: string[] = [];
  readonly #faults: string[] = [];
  #count = 0;
  #overLimit = 0;
  #looks = 0;

  constructor(companyId: bigint, tally: Tally) {
    this.#companyId = companyId;
    this.#tally = tally;
  }

  /** Sets the limit, and asks for more holds than it has room for, all of them at once. */
  async begin(dbs: readonly Db[]): Promise<void> {
    const [first] = dbs;
    if (first === undefined) throw new Error('nobody is there to call');
    await setSpendingLimit(first, {
      companyId: this.#companyId,
      subject: { kind: 'member', memberId: CALLER },
      period: 'month',
      amount: LIMIT,
      levels: [100],
      setBy: 'test',
      at: november(2),
    });
    await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => this.#ask(dbs[i % dbs.length] ?? first)));
  }

  /** One more step of one of the calls. */
  async act(db: Db): Promise<void> {
    const roll = Math.random();
    const key = this.#held[Math.floor(Math.random() * this.#held.length)];
    if (key === undefined || roll < 0.45) return this.#ask(db);
    const hold = { companyId: this.#companyId, key };
    if (roll < 0.55) {
      const longer = { ...hold, amount: HELD.times(2), expiresAt: november(29), at: november(12) };
      const extended = await this.#tally.retry(() => extendHold(db, longer));
      if (extended?.limit === 'spending_limit') this.#overLimit += 1;
    } else if (roll < 0.85) {
      this.#count += 1;
      const usage = callOf(`${key}/${this.#count}`);
      await this.#tally.retry(() => settleHold(db, { ...hold, numberKey, usage, at: november(14) }));
    } else {
      await this.#tally.retry(() => releaseHold(db, { ...hold, at: november(14) }));
    }
  }

  async #ask(db: Db): Promise<void> {
    this.#count += 1;
    const key = `limited-${this.#count}`;
    const placed = await this.#tally.retry(() =>
      placeHold(db, {
        companyId: this.#companyId,
        key,
        officeId: MAIN,
        memberId: CALLER,
        class: 'calls',
        amount: HELD,
        expiresAt: november(29),
        at: november(12),
      }),
    );
    if (placed?.limit === 'spending_limit') this.#overLimit += 1;
    if (placed !== null && placed.outcome !== 'refused') this.#held.push(key);
  }

  /** Looks again and again, until it is stopped, whether more is spent and held than the limit: from the rows themselves. */
  watch(db: Db): { stop(): Promise<LimitedReport> } {
    let isOn = true;
    const watching = (async () => {
      for (; isOn; await sleep(LOOK_EVERY_MS)) await this.#look(db);
    })();
    return {
      stop: async () => {
        isOn = false;
        await watching;
        await this.#look(db);
        return await this.#compare(db);
      },
    };
  }

  async #look(db: Db): Promise<void> {
    const read = () => db.$queryRaw<{ micros: bigint }[]>`
      SELECT ((SELECT coalesce(sum(cost_micros), 0) FROM usage_record
          WHERE company_id = ${this.#companyId} AND member_id = ${CALLER})
        + (SELECT coalesce(sum(own_micros + paid_micros), 0) FROM hold
          WHERE company_id = ${this.#companyId} AND member_id = ${CALLER} AND state = 'open'))::bigint AS micros`;
    const micros = (await this.#tally.retry(read))?.[0]?.micros ?? 0n;
    this.#looks += 1;
    if (micros > toMicros(LIMIT))
      this.#fault(`${micros} of ${toMicros(LIMIT)} micro-dollars were spent and held`);
  }

  /** Holds beside the usages that they were captured with. */
  async #compare(db: Db): Promise<LimitedReport> {
    const of = { companyId: this.#companyId, memberId: CALLER };
    const holds = await db.hold.findMany({ where: of });
    const usages = await db.usageRecord.findMany({ where: { ...of, source: SOURCE } });
    for (const { key, state } of holds) {
      const count = usages.filter(({ externalId }) => externalId.startsWith(`${key}/`)).length;
      if (count !== (state === 'settled' ? 1 : 0)) this.#fault(`${key} is ${state} and has ${count} usages`);
    }
    for (const key of this.#held)
      if (!holds.some((hold) => hold.key === key)) this.#fault(`${key} was granted, and is not there`);
    return {
      heldCalls: this.#held.length,
      overLimit: this.#overLimit,
      capturedCalls: usages.length,
      looks: this.#looks,
      limitFaults: this.#faults,
    };
  }

  #fault(sentence: string): void {
    if (this.#faults.length < MAX_FAULTS && !this.#faults.includes(sentence)) this.#faults.push(sentence);
  }
}

function callOf(externalId: string): NewUsage {
  return {
    source: SOURCE,
    externalId,
    officeId: MAIN,
    departmentId: null,
    memberId: CALLER,
    class: 'calls',
    category: 'international',
    direction: 'outbound',
    externalNumber: '+442071838750',
    internalNumber: '+14155550100',
    usageAt: november(12),
    durationMs: 60_000,
    billedSeconds: 60,
    quantity: 1,
    cost: COST,
    price: null,
  };
}
