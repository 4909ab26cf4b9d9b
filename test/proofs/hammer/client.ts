import type { Db } from '../../../src/db/index.ts';
import {
  correctUsage,
  expireHolds,
  extendHold,
  grantCredits,
  lapseExpired,
  type NewUsage,
  placeHold,
  postUsage,
  readBalance,
  refundUsage,
  releaseHold,
  reverseGrant,
  setPooled,
  settleHold,
} from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { BRANCH, MAIN, november } from '../../support/ledger.ts';
import { numberKey } from '../../support/number-key.ts';
import { sumUp } from '../../support/sum-up.ts';
import type { LimitedCalls } from './limited-calls.ts';
import type { Tally } from './tally.ts';

const LARGEST_BATCH = 300;

interface Setting {
  db: Db;
  companyId: bigint;
  name: string;
  tally: Tally;
  limited: LimitedCalls;
}

interface Story {
  companyId: bigint;
  key: string;
  actor: string;
  reason: string;
  at: Date;
}

/** One of the callers: sends its share of the records in batches of any size, and does something else in between. */
export class HammerClient {
  readonly #setting: Setting;
  readonly #grants: bigint[] = [];
  readonly #holds: string[] = [];
  #count = 0;

  constructor(setting: Setting) {
    this.#setting = setting;
  }

  async work(nextBatch: (size: number) => NewUsage[]): Promise<void> {
    const { db, companyId, tally, limited } = this.#setting;
    for (;;) {
      const records = nextBatch(1 + Math.floor(Math.random() ** 2 * LARGEST_BATCH));
      if (records.length === 0) return;
      const outcomes = await tally.retry(() =>
        postUsage(db, { numberKey, companyId, at: november(14), records }),
      );
      for (const { outcome } of outcomes ?? []) {
        if (outcome === 'posted') tally.posted += 1;
        else if (outcome !== 'duplicate') tally.conflicts += 1;
      }
      tally.otherOperations += 1;
      await this.#doSomethingElse(pick(records));
      await limited.act(db);
    }
  }

  /** One of the other operations, about a record that was just sent where it needs one. */
  async #doSomethingElse(usage: NewUsage): Promise<void> {
    const { db, companyId, name, tally } = this.#setting;
    this.#count += 1;
    const key = `${name}-${this.#count}`;
    const story = { companyId, key, actor: 'test', reason: 'Test', at: november(10 + Math.random() * 4) };
    const roll = Math.random() * 100;
    if (roll < 25) return this.#grant(story);
    if (roll < 55) return this.#hold(key, story.at, usage);
    if (roll < 68) {
      const amount = Math.random() < 0.5 ? {} : { amount: dollars('0.01') };
      await tally.retry(() =>
        refundUsage(db, { ...story, source: usage.source, externalId: usage.externalId, ...amount }),
      );
    } else if (roll < 82) {
      const officeId = pick([MAIN, BRANCH]);
      const cost = dollars((Math.ceil(Math.random() * 20) / 10).toFixed(1));
      await tally.retry(() => correctUsage(db, { numberKey, ...story, usage: { ...usage, officeId, cost } }));
    } else if (roll < 87) {
      await tally.retry(() => lapseExpired(db, companyId, story.at));
    } else if (roll < 90) {
      await tally.retry(() => sumUp(db, companyId, story.at));
    } else if (roll < 96 && this.#grants.length > 0) {
      const grantId = pick(this.#grants);
      await tally.retry(() => reverseGrant(db, { ...story, grantId, amount: dollars('0.5') }));
    } else {
      await this.#changeScope(story);
    }
  }

  async #grant(story: Story): Promise<void> {
    const kind = pick(['general', 'general', 'calling', 'ai'] as const);
    const on = 2 + Math.floor(Math.random() * 8);
    const period =
      kind === 'general'
        ? {}
        : { effectiveAt: november(on), expiresAt: november(on + 1 + Math.floor(Math.random() * 8)) };
    const officeId = pick([MAIN, BRANCH]);
    const amount = dollars(Math.ceil(Math.random() * 30).toString());
    const granted = await this.#setting.tally.retry(() =>
      grantCredits(this.#setting.db, {
        ...story,
        officeId,
        kind,
        amount,
        source: kind === 'general' ? 'purchase' : 'bundle',
        reference: story.key,
        ...period,
        at: november(on),
      }),
    );
    if (granted !== null) this.#grants.push(granted.grantId);
  }

  async #hold(operation: string, at: Date, usage: NewUsage): Promise<void> {
    const { db, companyId, tally } = this.#setting;
    const roll = Math.random();
    const resolved = pick(this.#holds.length > 0 ? this.#holds : ['none']);
    if (roll < 0.5) {
      const key = `hold-${operation}`;
      const expiresAt = november(3 + 20 * Math.random());
      const amount = dollars('1');
      await tally.retry(() =>
        placeHold(db, { companyId, key, officeId: BRANCH, class: usage.class, amount, expiresAt, at }),
      );
      this.#holds.push(key);
    } else if (roll < 0.6) {
      await tally.retry(() =>
        extendHold(db, { companyId, key: resolved, amount: dollars('2'), expiresAt: november(20), at }),
      );
    } else if (roll < 0.8) {
      const call = { ...usage, source: 'hammer-call', externalId: operation };
      await tally.retry(() =>
        settleHold(db, { numberKey, companyId, key: resolved, usage: call, at: november(14) }),
      );
    } else if (roll < 0.9) {
      await tally.retry(() => releaseHold(db, { companyId, key: resolved, at }));
    } else {
      await tally.retry(() => expireHolds(db, companyId, at));
    }
  }

  /** Ends sharing with all of it to the branch, or begins it. */
  async #changeScope(story: Story): Promise<void> {
    const { db, tally } = this.#setting;
    await tally.retry(async () => {
      const { pooled, wallets } = await readBalance(db, story.companyId, story.at);
      const amount = wallets[0]?.general ?? dollars('0');
      const allocation = pooled ? { allocation: [{ officeId: BRANCH, amount }] } : {};
      await setPooled(db, { ...story, pooled: !pooled, ...allocation });
    });
  }
}

function pick<T>(from: readonly T[]): T {
  const one = from[Math.floor(Math.random() * from.length)];
  if (one === undefined) throw new Error('there is nothing to pick from');
  return one;
}
