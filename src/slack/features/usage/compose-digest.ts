import { forecastRunways, readRecharges, readRenewals, readRunwayUsage } from '../../../billing/index.ts';
import type { Period } from '../../../calendar.ts';
import type { Clock } from '../../../clock.ts';
import type { Db, DigestPeriod } from '../../../db/index.ts';
import { readBalance, type UsageTotal, usageTotals } from '../../../ledger/index.ts';
import { dollars, type Money } from '../../../money.ts';
import type { NoticeFacts } from '../../../notices/index.ts';
import { type Company, findPerson, listCompanyAdmins, listOffices } from '../../../org/index.ts';
import { lastReportPeriod } from '../../../report-periods.ts';

export type DigestFacts = Extract<NoticeFacts, { kind: 'digest' }>;

const MAX_MOVERS = 3;
/** Smaller changes are no news. */
const MIN_MOVE = dollars('1');

/**
 * What the last whole week or month of a company cost, by type and office beside the one before, how long its credits last,
 * and what waits for somebody. Null where neither period has usage, or nobody of the company could be asked.
 * Applies R27.5.
 */
export async function composeDigest(
  deps: { db: Db; clock: Clock },
  company: Company,
  every: DigestPeriod,
): Promise<DigestFacts | null> {
  const { db } = deps;
  const { id: companyId, timeZone } = company;
  const now = deps.clock.now();
  const periods = lastPeriods(every, now, timeZone);
  if (periods === null) return null;
  const [present, past] = periods;
  const read = (period: Period) => usageTotals(db, { companyId, ...period, by: ['category', 'office'] });
  const [used, usedBefore] = [await read(present), await read(past)];
  if (used.length === 0 && usedBefore.length === 0) return null;
  const offices = await listOffices(db, companyId);
  const nameOf = (id: bigint | null): string => offices.find((office) => office.id === id)?.name ?? '';
  const total = compare(used, usedBefore, () => '')[0] ?? nothing;
  return {
    kind: 'digest',
    every,
    from: present.from.toISOString(),
    to: present.to.toISOString(),
    timeZone,
    ...asText(total),
    kinds: compare(used, usedBefore, ({ category }) => category ?? '').map((each) => ({
      category: each.key,
      ...asText(each),
    })),
    offices:
      offices.length < 2
        ? []
        : compare(used, usedBefore, ({ officeId }) => nameOf(officeId)).map((each) => ({
            name: each.key,
            ...asText(each),
          })),
    movers: findMovers(used, usedBefore, offices.length < 2 ? () => null : nameOf),
    runway: await readFirstToEnd(deps, company, nameOf),
    ...(await readWaiting(db, companyId, now, nameOf)),
  };
}

/** The last whole week from Monday on, or month, and the one before it. */
function lastPeriods(every: DigestPeriod, now: Date, timeZone: string): [Period, Period] | null {
  const [present, past] = [0, 1].map((before) => lastReportPeriod(every, now, timeZone, before));
  return present == null || past == null ? null : [present, past];
}

interface Compared {
  key: string;
  cost: Money;
  before: Money;
}

const nothing: Compared = { key: '', cost: dollars('0'), before: dollars('0') };

/** Both periods' costs by a key, the dearest first; what cost nothing in either is left out. */
function compare(
  used: readonly UsageTotal[],
  usedBefore: readonly UsageTotal[],
  keyOf: (total: UsageTotal) => string,
): Compared[] {
  const sums = new Map<string, Compared>();
  const add = (totals: readonly UsageTotal[], to: 'cost' | 'before'): void => {
    for (const total of totals) {
      const key = keyOf(total);
      const sum = sums.get(key) ?? { ...nothing, key };
      sums.set(key, { ...sum, [to]: sum[to].plus(total.cost) });
    }
  };
  add(used, 'cost');
  add(usedBefore, 'before');
  return [...sums.values()]
    .filter(({ cost, before }) => !(cost.isZero() && before.isZero()))
    .toSorted(
      (a, b) => b.cost.comparedTo(a.cost) || b.before.comparedTo(a.before) || (a.key < b.key ? -1 : 1),
    );
}

function asText({ cost, before }: Compared): { cost: string; before: string } {
  return { cost: cost.toFixed(), before: before.toFixed() };
}

function findMovers(
  used: readonly UsageTotal[],
  usedBefore: readonly UsageTotal[],
  nameOf: (officeId: bigint | null) => string | null,
): DigestFacts['movers'] {
  const moveOf = ({ cost, before }: Compared): Money => cost.minus(before).abs();
  const keys = new Map<string, UsageTotal>();
  for (const total of [...used, ...usedBefore]) keys.set(placeOf(total), total);
  return compare(used, usedBefore, placeOf)
    .filter((each) => moveOf(each).greaterThanOrEqualTo(MIN_MOVE))
    .toSorted((a, b) => moveOf(b).comparedTo(moveOf(a)))
    .slice(0, MAX_MOVERS)
    .map((each) => {
      const total = keys.get(each.key);
      return {
        category: total?.category ?? '',
        office: nameOf(total?.officeId ?? null),
        ...asText(each),
      };
    });
}

const placeOf = ({ category, officeId }: UsageTotal): string => `${category}/${officeId}`;

/** As a company admin sees it, who sees all credits. */
async function readFirstToEnd(
  deps: { db: Db; clock: Clock },
  company: Company,
  nameOf: (officeId: bigint | null) => string,
): Promise<DigestFacts['runway']> {
  const { db, clock } = deps;
  const [userId] = await listCompanyAdmins(db, company.id);
  const workspace = await db.workspace.findFirst({ where: { companyId: company.id } });
  if (userId === undefined || workspace === null) return null;
  const person = await findPerson(db, { teamId: workspace.teamId, userId });
  if (person === null) return null;
  const balance = await readBalance(db, company.id, clock.now());
  const recharges = await readRecharges({ db, clock }, person);
  const renewals = await readRenewals(db, company.id);
  const usage = await readRunwayUsage(db, company.id, balance);
  const [first] = forecastRunways(person, { balance, recharges, renewals, usage });
  if (first === undefined || first.runway.kind !== 'lasts') return null;
  return {
    office: first.officeId === null ? null : nameOf(first.officeId),
    isAi: first.class === 'ai',
    days: first.runway.days,
    range: first.range,
    usageDays: first.usageDays,
  };
}

async function readWaiting(
  db: Db,
  companyId: bigint,
  at: Date,
  nameOf: (officeId: bigint | null) => string,
): Promise<Pick<DigestFacts, 'overdrawn' | 'waiting'>> {
  const { wallets } = await readBalance(db, companyId, at);
  const approvals = await db.approval.count({ where: { companyId, state: 'open' } });
  const requests = await db.creditRequest.count({ where: { companyId, state: 'open' } });
  const pausedRecharges = await db.rechargeSetting.count({
    where: { companyId, isOn: true, pausedFor: { not: null } },
  });
  return {
    overdrawn: wallets
      .map(({ officeId, debt }) => ({
        name: officeId === null ? null : nameOf(officeId),
        owed: debt.calls.plus(debt.ai),
      }))
      .filter(({ owed }) => owed.greaterThan(0))
      .map(({ name, owed }) => ({ name, amount: owed.toFixed() })),
    waiting: { approvals, requests, pausedRecharges },
  };
}
