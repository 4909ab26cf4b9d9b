import { isDeepStrictEqual } from 'node:util';
import { RefillError } from '../../src/errors.ts';
import {
  correctUsage,
  endSpendingLimit,
  expireHolds,
  extendHold,
  grantCredits,
  lapseExpired,
  moveCredits,
  placeHold,
  postUsage,
  readSpendingLimits,
  refundUsage,
  releaseHold,
  restoreGrant,
  reverseGrant,
  setPooled,
  setSpendingLimit,
  settleHold,
} from '../../src/ledger/index.ts';
import { instant, type Match, money, officeId } from './ledger-match.ts';
import type { ModelUsage } from './ledger-model-wallet.ts';
import type { Step } from './ledger-steps.ts';
import { sumUp } from './sum-up.ts';

/** What the ledger answered, and what the model says. */
type Answers = [ledger: unknown, model: unknown];
type Of<Op extends Step['op']> = Extract<Step, { op: Op }>;

/** Plays a step on both sides. */
export async function playStep(match: Match, move: Step): Promise<Answers> {
  const { db, model, told } = match;
  switch (move.op) {
    case 'clock':
      model.now += move.hours;
      return [0, 0];
    case 'top-up':
    case 'bundle':
      return playGrant(match, move);
    case 'use':
    case 'force':
    case 'repeat':
    case 'contradict':
    case 'batch':
      return playUsage(match, move);
    case 'refund':
    case 'correct':
    case 'move':
    case 're-time':
      return playRevision(match, move);
    case 'reverse':
    case 'restore':
    case 'share':
    case 'give':
      return playChange(match, move);
    case 'lapse':
      // As the sweep does beside it, at times; no figure changes by it.
      if (match.steps % 3 === 0) await sumUp(db, match.companyId, told.at, 12);
      return [(await lapseExpired(db, match.companyId, told.at)).length, model.lapse()];
    case 'expire':
      return [(await expireHolds(db, match.companyId, told.at)).length, model.expire()];
    case 'limit':
      return playLimit(match, move);
    default:
      return playHold(match, move);
  }
}

async function playGrant(match: Match, move: Of<'top-up' | 'bundle'>): Promise<Answers> {
  const { model, story } = match;
  const isBundle = move.op === 'bundle';
  const kind = isBundle ? (move.class === 'ai' ? 'ai' : 'calling') : 'general';
  const from = isBundle ? model.now + move.from : -Infinity;
  const until = isBundle ? from + move.hours : Infinity;
  const times = isBundle ? { effectiveAt: instant(from), expiresAt: instant(until) } : {};
  const what = { officeId: officeId(move.office), kind, amount: money(move.cents) } as const;
  const granted = await grantCredits(match.db, {
    ...story,
    ...what,
    source: 'test',
    reference: '1',
    ...times,
  });
  match.grants.push({
    id: granted.grantId,
    grant: model.grant(kind, move.office, move.cents, from, until),
  });
  return [granted.outcome, 'posted'];
}

async function playUsage(
  match: Match,
  move: Of<'use' | 'force' | 'repeat' | 'contradict' | 'batch'>,
): Promise<Answers> {
  const records = recordsOf(match, move);
  const force = move.op === 'force';
  const batch = { ...match.told, force, records: records.map(({ key, usage }) => match.record(key, usage)) };
  const outcomes = (await postUsage(match.db, batch)).map(word);
  const expected = match.model.use(records, force);
  records.forEach(({ key, usage }, i) => {
    if (expected[i] === 'posted') match.remember(key, usage);
  });
  return [outcomes, expected];
}

function recordsOf(
  match: Match,
  move: Of<'use' | 'force' | 'repeat' | 'contradict' | 'batch'>,
): { key: string; usage: ModelUsage }[] {
  switch (move.op) {
    case 'repeat': {
      const { key, usage } = match.pick(move.which);
      return [{ key, usage: { ...usage, cost: move.cents } }];
    }
    case 'contradict':
      return [{ key: match.pick(move.which).key, usage: match.usage(move) }];
    case 'batch':
      return move.records.map((record) => ({
        key: `batch-${match.steps}-${record.again}`,
        usage: match.usage(record),
      }));
    default:
      return [{ key: `use-${match.steps}`, usage: match.usage(move) }];
  }
}

async function playRevision(
  match: Match,
  move: Of<'refund' | 'correct' | 'move' | 're-time'>,
): Promise<Answers> {
  const { db, model, story } = match;
  const { key, usage } = match.pick(move.which);
  if (move.op === 'refund') {
    const amount = move.cents === undefined ? {} : { amount: money(move.cents) };
    const { keepLapsed } = move;
    const refund = { ...story, source: 'api', externalId: key, keepLapsed, ...amount };
    return [await answered(refundUsage(db, refund)), model.refund(key, move.cents, keepLapsed)];
  }
  const place = move.op === 'move' ? { office: move.office, class: move.class } : {};
  const time = move.op === 're-time' ? { at: model.now - move.hoursAgo } : {};
  const changed = { ...usage, ...place, ...time, cost: move.cents ?? usage.cost };
  const newer = move.op === 'correct' && move.newer;
  const version = newer ? { version: BigInt(match.steps) } : {};
  const answer = await answered(
    correctUsage(db, { ...story, ...version, usage: match.record(key, changed) }),
  );
  if (answer === 'posted') match.used.set(key, changed);
  return [answer, model.correct(key, changed, newer)];
}

async function playChange(
  match: Match,
  move: Of<'reverse' | 'restore' | 'share' | 'give'>,
): Promise<Answers> {
  const { db, model, story } = match;
  if (move.op === 'reverse') {
    const one = match.grants.at(-1 - move.which) ?? match.grants.at(-1);
    const amount = move.cents === undefined ? {} : { amount: money(move.cents) };
    const answer = await answered(reverseGrant(db, { ...story, grantId: one?.id ?? 0n, ...amount }));
    if (answer === 'posted') match.reversals.push(story.key);
    return [answer, model.reverse(story.key, one?.grant, move.cents)];
  }
  if (move.op === 'restore') {
    const reversalKey = match.reversals.at(-1 - move.which) ?? match.reversals.at(-1) ?? 'none';
    const what = { ...story, key: `restore-${reversalKey}`, reversalKey };
    return [await answered(restoreGrant(db, what)), model.restore(reversalKey)];
  }
  if (move.op === 'give') {
    const fromOfficeId = officeId(move.from) ?? 0n;
    const toOfficeId = officeId(move.from === 'main' ? 'branch' : 'main') ?? 0n;
    const answer = await answered(
      moveCredits(db, { ...story, fromOfficeId, toOfficeId, amount: money(move.cents) }),
    );
    return [answer, model.give(move.from, move.cents)];
  }
  const pooled = !model.pooled;
  const general = pooled ? 0 : (model.figures().pool?.general ?? 0);
  const toMain = Math.floor((general * move.quarters) / 4);
  const toBranch = general - toMain + (move.off ? 1 : 0);
  const allocation = [
    { officeId: officeId('main') ?? 0n, amount: money(toMain) },
    { officeId: officeId('branch') ?? 0n, amount: money(toBranch) },
  ];
  const answer = await answered(setPooled(db, { ...story, pooled, allocation }));
  return [answer, model.share(pooled, toMain, toBranch)];
}

async function playHold(match: Match, move: Of<'hold' | 'extend' | 'release' | 'settle'>): Promise<Answers> {
  const { db, model, told } = match;
  if (move.op === 'hold') {
    const key = `hold-${match.steps}`;
    const until = model.now + move.hours;
    match.holds.push(key);
    const amount = money(move.cents);
    const what = { key, class: move.class, officeId: officeId(move.office), amount };
    const answer = await answered(placeHold(db, { ...told, ...what, expiresAt: instant(until) }));
    return [answer, model.place(key, move.class, move.office, move.cents, until)];
  }
  const key = match.holds.at(-1 - move.which) ?? match.holds.at(-1) ?? 'none';
  switch (move.op) {
    case 'extend': {
      const until = model.now + move.hours;
      const what = { key, amount: money(move.cents), expiresAt: instant(until) };
      return [await answered(extendHold(db, { ...told, ...what })), model.extend(key, move.cents, until)];
    }
    case 'release':
      return [await answered(releaseHold(db, { ...told, key })), model.release(key)];
    case 'settle': {
      const usageKey = move.other ? `${key}-other` : key;
      const usage = match.usage(move);
      const answer = await answered(settleHold(db, { ...told, key, usage: match.record(usageKey, usage) }));
      if (answer === 'posted') match.remember(usageKey, usage);
      return [answer, model.settle(key, usageKey, usage)];
    }
  }
}

async function playLimit(match: Match, { office, period, cents }: Of<'limit'>): Promise<Answers> {
  const { db, model, told } = match;
  const subject = { kind: 'office', officeId: officeId(office) ?? 0n } as const;
  const expected = model.limit(office, period, cents);
  if (cents !== undefined) {
    const choice = { subject, period, amount: money(cents), levels: [50, 80, 100], setBy: 'test' };
    await setSpendingLimit(db, { ...told, ...choice });
    return ['set', expected];
  }
  const limits = await readSpendingLimits(db, match.companyId, told.at);
  const limit = limits.find((one) => one.period === period && isDeepStrictEqual(one.subject, subject));
  const isEnded = await endSpendingLimit(db, { ...told, limitId: limit?.limitId ?? 0n });
  return [isEnded ? 'ended' : 'not-in-force', expected];
}

/** What an answer comes to; that it is credits which a refused hold lacks is not said apart. */
function word(answer: { outcome: string; reason?: string; limit?: string | undefined }): string {
  return answer.reason ?? (answer.limit === 'credits' ? undefined : answer.limit) ?? answer.outcome;
}

/** What the ledger answers, or the code with which it refuses. */
async function answered(
  call: Promise<{ outcome: string; reason?: string; limit?: string | undefined }>,
): Promise<string> {
  try {
    return word(await call);
  } catch (error) {
    if (error instanceof RefillError) return error.code;
    throw error;
  }
}
