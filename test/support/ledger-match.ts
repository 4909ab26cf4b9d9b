import { randomInt } from 'node:crypto';
import type { Db } from '../../src/db/index.ts';
import { RefillError } from '../../src/errors.ts';
import {
  correctUsage,
  expireHolds,
  grantCredits,
  lapseExpired,
  type NewUsage,
  placeHold,
  postUsage,
  readBalance,
  refundUsage,
  releaseHold,
  settleHold,
} from '../../src/ledger/index.ts';
import { dollars, type Money } from '../../src/money.ts';
import { BRANCH, MAIN, november } from './ledger.ts';
import { LedgerModel, type ModelUsage } from './ledger-model.ts';
import type { Step } from './ledger-steps.ts';

const OFFICES: Record<string, bigint> = { main: MAIN, branch: BRANCH };
const officeId = (name: string | null) => (name === null ? null : (OFFICES[name] ?? null));
const money = (amount: number) => dollars((amount / 100).toFixed(2));
const inCents = (amount: Money) => amount.times(100).toNumber();
const instant = (hours: number) => november(2 + hours / 24);

/** One sequence: the ledger and the model side by side. */
export class Match {
  readonly db: Db;
  readonly companyId = BigInt(randomInt(1_000_000, 2 ** 47));
  readonly model: LedgerModel;
  readonly keys: string[] = [];
  readonly used = new Map<string, ModelUsage>();
  readonly holds: string[] = [];
  steps = 0;

  constructor(db: Db, pooled: boolean) {
    this.db = db;
    this.model = new LedgerModel(pooled);
  }

  get told() {
    return { companyId: this.companyId, at: instant(this.model.now) };
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

  async post(key: string, usage: ModelUsage): Promise<[string, string]> {
    const [outcome] = await postUsage(this.db, { ...this.told, records: [this.record(key, usage)] });
    return [word(outcome), this.model.use(key, usage)];
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
}

function word(answer: { outcome: string; reason?: string } | undefined): string {
  return answer?.reason ?? answer?.outcome ?? 'nothing';
}

/** What the ledger answers, or the code with which it refuses. */
async function answered(call: Promise<{ outcome: string; reason?: string }>): Promise<string> {
  try {
    return word(await call);
  } catch (error) {
    if (error instanceof RefillError) return error.code;
    throw error;
  }
}

/** Plays a step on both sides: what the ledger answered, and what the model says. */
export async function playStep(match: Match, move: Step): Promise<[unknown, unknown]> {
  match.steps += 1;
  const { db, model, told, story } = match;
  const fresh = `use-${match.steps}`;
  switch (move.op) {
    case 'clock':
      model.now += move.hours;
      return [0, 0];
    case 'top-up':
    case 'bundle':
      return [await playGrant(match, move), 'posted'];
    case 'use':
    case 'settle':
    case 'repeat':
    case 'contradict':
      return playUsage(match, move, fresh);
    case 'refund': {
      const { key } = match.pick(move.which);
      const amount = move.cents === undefined ? {} : { amount: money(move.cents) };
      const refund = { ...story, source: 'api', externalId: key, ...amount };
      return [await answered(refundUsage(db, refund)), model.refund(key, move.cents)];
    }
    case 'correct':
    case 'move': {
      const { key, usage } = match.pick(move.which);
      const place = move.op === 'move' ? { office: move.office, class: move.class } : {};
      const changed = { ...usage, ...place, cost: move.cents };
      const answer = await answered(correctUsage(db, { ...story, usage: match.record(key, changed) }));
      if (answer === 'posted') match.used.set(key, changed);
      return [answer, model.correct(key, changed)];
    }
    case 'lapse':
      return [(await lapseExpired(db, match.companyId, told.at)).length, model.lapse()];
    case 'hold': {
      const until = model.now + move.hours;
      match.holds.push(fresh);
      const hold = {
        ...told,
        key: fresh,
        class: move.class,
        officeId: officeId(move.office),
        amount: money(move.cents),
      };
      const answer = await answered(placeHold(db, { ...hold, expiresAt: instant(until) }));
      return [answer, model.place(fresh, move.class, move.office, move.cents, until)];
    }
    case 'release': {
      const key = match.holds.at(-1 - move.which) ?? 'none';
      return [await answered(releaseHold(db, { ...told, key })), model.release(key)];
    }
    case 'expire':
      return [(await expireHolds(db, match.companyId, told.at)).length, model.expire()];
  }
}

async function playGrant(match: Match, move: Extract<Step, { op: 'top-up' | 'bundle' }>): Promise<string> {
  const { model, story } = match;
  const isBundle = move.op === 'bundle';
  const kind = isBundle ? (move.class === 'ai' ? 'ai' : 'calling') : 'general';
  const from = isBundle ? model.now + move.from : -Infinity;
  const until = isBundle ? from + move.hours : Infinity;
  const times = isBundle ? { effectiveAt: instant(from), expiresAt: instant(until) } : {};
  model.grant(kind, move.office, move.cents, from, until);
  const what = { officeId: officeId(move.office), kind, amount: money(move.cents) } as const;
  return answered(grantCredits(match.db, { ...story, ...what, source: 'test', reference: '1', ...times }));
}

async function playUsage(
  match: Match,
  move: Extract<Step, { op: 'use' | 'settle' | 'repeat' | 'contradict' }>,
  fresh: string,
): Promise<[string, string]> {
  if (move.op === 'repeat') {
    const { key, usage } = match.pick(move.which);
    return match.post(key, { ...usage, cost: move.cents });
  }
  if (move.op === 'contradict') return match.post(match.pick(move.which).key, match.usage(move));
  const usage = match.usage(move);
  if (move.op === 'settle') {
    const key = match.holds.at(-1 - move.which) ?? 'none';
    const answer = await answered(
      settleHold(match.db, { ...match.told, key, usage: match.record(key, usage) }),
    );
    if (answer === 'posted') remember(match, key, usage);
    return [answer, match.model.settle(key, usage)];
  }
  const answers = await match.post(fresh, usage);
  if (answers[0] === 'posted') remember(match, fresh, usage);
  return answers;
}

function remember(match: Match, key: string, usage: ModelUsage): void {
  match.keys.push(key);
  match.used.set(key, usage);
}

/** What the ledger says of every wallet, as the model does. */
export async function figures(match: Match): Promise<Record<string, Record<string, number>>> {
  const { wallets } = await readBalance(match.db, match.companyId, match.told.at);
  return Object.fromEntries(
    wallets.map(({ officeId: id, general, calling, ai, debt, held }) => [
      id === null ? 'pool' : id === MAIN ? 'main' : 'branch',
      {
        general: inCents(general),
        calling: inCents(calling),
        ai: inCents(ai),
        owesCalls: inCents(debt.calls),
        owesAi: inCents(debt.ai),
        heldCalls: inCents(held.calls),
        heldAi: inCents(held.ai),
      },
    ]),
  );
}

/** What is left of each grant, in the order in which they were made. */
export async function left(match: Match): Promise<number[]> {
  const grants = await match.db.creditGrant.findMany({
    where: { companyId: match.companyId },
    select: { remainingMicros: true },
    orderBy: { id: 'asc' },
  });
  return grants.map(({ remainingMicros }) => Number(remainingMicros) / 10_000);
}
