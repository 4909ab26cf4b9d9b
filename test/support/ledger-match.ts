import { randomInt } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Db } from '../../src/db/index.ts';
import {
  type NewUsage,
  openWallets,
  readBalance,
  readSpendingLimits,
  usageTotals,
} from '../../src/ledger/index.ts';
import { dollars, type Money } from '../../src/money.ts';
import { BRANCH, MAIN, november } from './ledger.ts';
import { LedgerModel } from './ledger-model.ts';
import type { Grant, ModelUsage } from './ledger-model-wallet.ts';
import { playStep } from './ledger-play.ts';
import type { Sequence } from './ledger-steps.ts';
import { numberKey } from './number-key.ts';

/** Books are compared after so many operations, and at the end. */
const COMPARED_EVERY = 12;

const OFFICES: Record<string, bigint> = { main: MAIN, branch: BRANCH };
export const officeId = (name: string | null) => (name === null ? null : (OFFICES[name] ?? null));
export const money = (amount: number) => dollars((amount / 100).toFixed(2));
export const instant = (hours: number) => november(2 + hours / 24);
const inCents = (amount: Money) => amount.times(100).toNumber();
const officeName = (id: bigint | null) => (id === null ? null : id === MAIN ? 'main' : 'branch');

/** One sequence: the ledger and the model side by side. */
export class Match {
  readonly db: Db;
  readonly companyId = BigInt(randomInt(1_000_000, 2 ** 47));
  readonly model: LedgerModel;
  readonly keys: string[] = [];
  readonly used = new Map<string, ModelUsage>();
  readonly holds: string[] = [];
  readonly reversals: string[] = [];
  readonly grants: { id: bigint; grant: Grant }[] = [];
  steps = 0;

  constructor(db: Db, pooled: boolean) {
    this.db = db;
    this.model = new LedgerModel(pooled);
  }

  get told() {
    return { companyId: this.companyId, numberKey, at: instant(this.model.now) };
  }

  get story() {
    return { ...this.told, key: `step-${this.steps}`, actor: 'test', reason: 'Test' };
  }

  record(key: string, usage: ModelUsage): NewUsage {
    return {
      source: 'api',
      externalId: key,
      officeId: officeId(usage.office),
      departmentId: null,
      memberId: null,
      class: usage.class,
      category: usage.class === 'ai' ? 'ai_conversation' : 'international',
      direction: 'outbound',
      externalNumber: null,
      internalNumber: null,
      usageAt: instant(usage.at),
      durationMs: 60_000,
      billedSeconds: 60,
      quantity: 1,
      price: null,
      cost: money(usage.cost),
    };
  }

  usage(from: { office: string | null; class: 'calls' | 'ai'; cents: number; hoursAgo: number }): ModelUsage {
    return { office: from.office, class: from.class, at: this.model.now - from.hoursAgo, cost: from.cents };
  }

  pick(which: number): { key: string; usage: ModelUsage } {
    const key = this.keys.at(-1 - which) ?? this.keys.at(-1) ?? 'none';
    return {
      key,
      usage: this.used.get(key) ?? { office: null, class: 'calls', at: this.model.now, cost: 1 },
    };
  }

  remember(key: string, usage: ModelUsage): void {
    this.keys.push(key);
    this.used.set(key, usage);
  }
}

/** Where ledger and model differ: after which step, counted from 1. */
export class Mismatch extends Error {
  readonly step: number;

  constructor(after: { step: number; op: string }, ledger: unknown, model: unknown) {
    super(`after ${after.op} the ledger says ${JSON.stringify(ledger)}, the model ${JSON.stringify(model)}`);
    this.step = after.step;
  }
}

/**
 * Plays a sequence on both sides in a company of its own. Answers are compared at each operation, the books after every
 * few and at the end. Throws Mismatch.
 */
export async function playSequence(
  db: Db,
  { pooled, steps }: Sequence,
  comparedEvery = COMPARED_EVERY,
): Promise<void> {
  const match = new Match(db, pooled);
  const offices = { officeIds: [MAIN, BRANCH], primaryOfficeId: MAIN };
  await openWallets(db, { companyId: match.companyId, ...offices, pooled, at: november(1) });
  for (const move of steps) {
    match.steps += 1;
    const after = { step: match.steps, op: move.op };
    const [ledger, model] = await playStep(match, move);
    if (!isDeepStrictEqual(ledger, model)) throw new Mismatch(after, ledger, model);
    if (match.steps % comparedEvery === 0 || match.steps === steps.length) await compare(match, after);
  }
}

async function compare(match: Match, after: { step: number; op: string }): Promise<void> {
  const { model } = match;
  const [figures, left, totals, limits] = await Promise.all([
    readFigures(match),
    readLeft(match),
    readTotals(match),
    readLimits(match),
  ]);
  const ledger = { figures, left, totals, limits };
  const said = {
    figures: model.figures(),
    left: model.grants.map((grant) => grant.left),
    totals: model.totals().toSorted(),
    limits: model.limits().toSorted(),
  };
  if (!isDeepStrictEqual(ledger, said)) throw new Mismatch(after, ledger, said);
}

/** What the ledger says of every wallet, as the model does. */
async function readFigures(match: Match): Promise<Record<string, Record<string, number>>> {
  const { wallets } = await readBalance(match.db, match.companyId, match.told.at);
  return Object.fromEntries(
    wallets.map(({ officeId: id, general, calling, ai, debt, held, available }) => [
      officeName(id) ?? 'pool',
      {
        general: inCents(general),
        calling: inCents(calling),
        ai: inCents(ai),
        owesCalls: inCents(debt.calls),
        owesAi: inCents(debt.ai),
        heldCalls: inCents(held.calls),
        heldAi: inCents(held.ai),
        availableCalls: inCents(available.calls),
        availableAi: inCents(available.ai),
      },
    ]),
  );
}

/** What is left of each grant, in the order in which they were made. */
async function readLeft({ db, companyId }: Match): Promise<number[]> {
  const grants = await db.$queryRaw<{ remaining: bigint }[]>`
    SELECT remaining_micros AS remaining FROM credit_grant WHERE company_id = ${companyId} ORDER BY id`;
  return grants.map(({ remaining }) => Number(remaining) / 10_000);
}

async function readTotals({ db, companyId }: Match): Promise<string[]> {
  const rows = await usageTotals(db, {
    companyId,
    from: november(-365),
    to: november(730),
    by: ['office', 'category'],
  });
  return rows
    .map(({ officeId: id, category, records, cost }) => {
      const of = category === 'ai_conversation' ? 'ai' : 'calls';
      return `${officeName(id)} ${of} ${records} ${inCents(cost)}`;
    })
    .toSorted();
}

/** Each spending limit with what is spent and held of it, as the model names them. */
async function readLimits({ db, companyId, told }: Match): Promise<string[]> {
  const limits = await readSpendingLimits(db, companyId, told.at);
  return limits
    .map(({ subject, period, amount, spent, held }) => {
      const office = subject.kind === 'office' ? officeName(subject.officeId) : null;
      return `${office} ${period} ${inCents(amount)} ${inCents(spent)} ${inCents(held)}`;
    })
    .toSorted();
}
