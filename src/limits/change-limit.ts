import type { Clock } from '../clock.ts';
import { type Db, inTransaction, type Queryable, type Tx } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import {
  endSpendingLimit,
  type LimitPeriod,
  type LimitSubject,
  rollSpendingLimits,
  setSpendingLimit,
} from '../ledger/index.ts';
import type { Money } from '../money.ts';
import { postNotice } from '../notices/index.ts';
import {
  actorOf,
  type Company,
  canLimit,
  findCompany,
  lockCompany,
  lockForPerson,
  type Person,
  recordAudit,
} from '../org/index.ts';
import { judgeLimits } from './judge-limits.ts';
import { reachedLevel, readLevels, requireLimitAmount } from './limit-levels.ts';
import { type LimitState, listLimits } from './list-limits.ts';
import { encodeSubject, isSameSubject, type NamedSubject, nameSubjects } from './name-subjects.ts';
import { notifyLimitChanged } from './notify-limit.ts';

type Deps = { db: Db; clock: Clock };

export interface LimitChoice {
  subject: LimitSubject;
  period: LimitPeriod;
  amount: Money;
  levels: readonly number[];
}

/** Who changes a limit: a person, whose roles are read again under the lock, or the operator of a company. */
export type LimitChanger = { person: Person } | { companyId: bigint; reason: string };

/** Who it is, under the company's lock. */
interface Changer {
  company: Company;
  /** Null: the operator, who may change all. */
  person: Person | null;
  reason?: string;
}

/**
 * Sets a spending limit, or changes the one that is there for the same subject and period, and judges it at once (R31).
 * What was spent in its period before counts. The same again changes nothing. Throws RefillError `not-allowed`,
 * `place-unknown` for whom the company does not have, `bad-facts`, `company-unknown`. Applies R31.1 and R31.7.
 */
export async function setLimit(deps: Deps, by: LimitChanger, choice: LimitChoice): Promise<LimitState> {
  const at = deps.clock.now();
  const amount = requireLimitAmount(choice.amount);
  const levels = readLevels(choice.levels);
  return await inTransaction(deps.db, async (tx) => {
    const changer = await lockFor(tx, by);
    const { company } = changer;
    const named = await requireSubject(tx, changer, choice.subject);
    await rollSpendingLimits(tx, company.id, at);
    const before = await findLimit(tx, company.id, choice, at);
    if (before?.amount.equals(amount) === true && before.levels.join() === levels.join()) return before;
    const { subject, period } = choice;
    const setBy = changer.person === null ? 'operator' : actorOf(changer.person);
    await setSpendingLimit(tx, { companyId: company.id, subject, period, amount, levels, setBy, at });
    if (before !== null) await followStory(tx, changer, before, amount, at);
    await record(tx, changer, { named, period, from: before?.amount ?? null, to: amount, levels, at });
    await judgeLimits(tx, company, at);
    const after = await findLimit(tx, company.id, choice, at);
    if (after === null) throw new RangeError('a limit was set and is not there');
    return after;
  });
}

/** Ends a spending limit. Throws RefillError `not-allowed`, `limit-unknown` where it is not in force, `company-unknown`. */
export async function endLimit(deps: Deps, by: LimitChanger, limitId: bigint): Promise<LimitState> {
  const at = deps.clock.now();
  return await inTransaction(deps.db, async (tx) => {
    const changer = await lockFor(tx, by);
    const { company, person } = changer;
    const limit = (await listLimits(tx, company.id, at)).find((each) => each.limitId === limitId);
    if (limit === undefined) throw new RefillError('limit-unknown', 'That spending limit is not in force.');
    if (person !== null) requireRight(person, limit.named);
    await endSpendingLimit(tx, { companyId: company.id, limitId, at });
    await followStory(tx, changer, limit, null, at);
    const { named, period, amount: from, levels } = limit;
    await record(tx, changer, { named, period, from, to: null, levels, at });
    return limit;
  });
}

async function lockFor(tx: Tx, by: LimitChanger): Promise<Changer> {
  if ('person' in by) {
    const person = await lockForPerson(tx, by.person);
    return { company: person.company, person };
  }
  await lockCompany(tx, by.companyId);
  const company = await findCompany(tx, by.companyId);
  if (company === null) throw new RefillError('company-unknown', 'No such company is known.');
  return { company, person: null, reason: by.reason };
}

/** Whom the limit is for, as the company has them and the person may limit them. */
async function requireSubject(
  db: Queryable,
  { company, person }: Changer,
  subject: LimitSubject,
): Promise<NamedSubject> {
  const [named] = await nameSubjects(db, company.id, [subject]);
  if (named === undefined)
    throw new RefillError('place-unknown', 'That office, department or person is not known any more.');
  if (person !== null) requireRight(person, named);
  return named;
}

function requireRight(person: Person, { office }: NamedSubject): void {
  if (!canLimit(person, office.id))
    throw new RefillError('not-allowed', 'Only admins of that office may limit what it spends.');
}

async function findLimit(
  db: Queryable,
  companyId: bigint,
  { subject, period }: Pick<LimitChoice, 'subject' | 'period'>,
  at: Date,
): Promise<LimitState | null> {
  const limits = await listLimits(db, companyId, at);
  return limits.find((each) => each.period === period && isSameSubject(each.subject, subject)) ?? null;
}

const userIdOf = ({ person }: Changer): string | null => person?.userId ?? null;

/** Says in what was posted about the limit that another amount is in force, or none. */
async function followStory(
  tx: Tx,
  changer: Changer,
  limit: LimitState,
  amount: Money | null,
  at: Date,
): Promise<void> {
  const changed = {
    byUserId: userIdOf(changer),
    isEnded: amount === null,
    isReached: amount !== null && reachedLevel({ ...limit, amount }) === 100,
    amount: amount?.toFixed(2) ?? null,
  };
  await notifyLimitChanged(tx, changer.company, limit, changed, at);
}

interface Change {
  named: NamedSubject;
  period: LimitPeriod;
  /** Null: there was none, or is none any more. */
  from: Money | null;
  to: Money | null;
  levels: readonly number[];
  at: Date;
}

async function record(
  tx: Tx,
  changer: Changer,
  { named, period, from, to, levels, at }: Change,
): Promise<void> {
  const { company, person, reason } = changer;
  const amounts = { from: from?.toFixed(2) ?? null, to: to?.toFixed(2) ?? null };
  await recordAudit(tx, {
    companyId: company.id,
    at,
    actor: person === null ? 'operator' : actorOf(person),
    surface: person === null ? 'operator' : 'slack',
    action: to === null ? 'spending-limit-ended' : 'spending-limit-set',
    ...(reason === undefined ? {} : { reason }),
    details: {
      of: encodeSubject(named.subject),
      name: named.name,
      period,
      ...amounts,
      levels: levels.join(', '),
    },
  });
  await postNotice(tx, {
    companyId: company.id,
    dedupeKey: `limit-change:${encodeSubject(named.subject)}:${period}:${at.toISOString()}`,
    at,
    facts: {
      kind: 'spending_limit_change',
      byUserId: userIdOf(changer),
      label: named.name,
      period,
      ...amounts,
    },
  });
}
