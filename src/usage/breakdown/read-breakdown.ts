import { monthAround, type Period } from '../../calendar.ts';
import type { Db } from '../../db/index.ts';
import { type UsageFilter, type UsageTotal, usageTotals } from '../../ledger/index.ts';
import { dollars, type Money } from '../../money.ts';
import type { Person } from '../../org/index.ts';
import { allowQuery } from '../export/allow-query.ts';
import { periodBefore, splitPeriod, type UsageQuery } from '../usage-query.ts';

/** What usage of one kind came to. */
export interface KindTotal {
  category: string;
  records: number;
  billedSeconds: number;
  quantity: number;
  cost: Money;
}

/** Usage of a period, as it is shown (R25). Its sums are the ledger's for the same filter. */
export interface UsageBreakdown {
  query: UsageQuery;
  records: number;
  cost: Money;
  /** Kinds that were used, the dearest first. */
  kinds: KindTotal[];
  parts: (Period & { kinds: KindTotal[] })[];
  /** The top users, with usage of no particular person as one of them; `userId` where they are matched in Slack. */
  people: {
    name: string | null;
    userId: string | null;
    records: number;
    billedSeconds: number;
    cost: Money;
  }[];
  /** How many users there are in all. */
  users: number;
  /** The month before; null where it had no usage. */
  before: MonthBefore | null;
}

/** What a month is compared with; `isPart`: as much of it as has passed of the month that is shown. */
export interface Compared extends Period {
  isPart: boolean;
  cost: Money;
}

/** The month before by kind, and all of it in the same parts as the month that is shown. */
interface MonthBefore extends Compared {
  kinds: { category: string; cost: Money }[];
  parts: (Period & { cost: Money })[];
}

/** How many top users are read. */
const TOP = 20;

/**
 * The breakdown of the usage that was asked for, within what this person may see. Throws RefillError `not-allowed`,
 * `bad-range`.
 */
export async function readBreakdown(
  db: Db,
  person: Person,
  query: UsageQuery,
  now: Date,
): Promise<UsageBreakdown> {
  const { timeZone: _, ...asked } = query;
  const filter = allowQuery(person, asked);
  const periods = splitPeriod(query, query.timeZone);
  const before = periodBefore(query, query.timeZone, now);
  const [parts, members, monthBefore] = await Promise.all([
    Promise.all(
      periods.map(async (part) => ({
        ...part,
        kinds: (await usageTotals(db, { ...filter, ...part, by: ['category'] })).map(toKind),
      })),
    ),
    usageTotals(db, { ...filter, by: ['member'] }),
    before === null ? null : readBefore(db, filter, before, query.timeZone),
  ]);
  const kinds = addUp(parts.flatMap((part) => part.kinds));
  return {
    query,
    records: kinds.reduce((sum, { records }) => sum + records, 0),
    cost: sumCost(kinds),
    kinds,
    parts,
    people: await nameTop(db, person.company.id, members),
    users: members.length,
    before: monthBefore,
  };
}

/** Null where there was no usage to compare with. */
async function readBefore(
  db: Db,
  filter: UsageFilter,
  before: Period & { isPart: boolean },
  timeZone: string,
): Promise<MonthBefore | null> {
  const [kinds, parts] = await Promise.all([
    before.from >= before.to
      ? []
      : usageTotals(db, { ...filter, from: before.from, to: before.to, by: ['category'] }),
    Promise.all(
      splitPeriod(monthAround(before.from, timeZone), timeZone).map(async (part) => ({
        ...part,
        cost: sumCost(await usageTotals(db, { ...filter, ...part, by: [] })),
      })),
    ),
  ]);
  if (kinds.length === 0 && parts.every(({ cost }) => cost.isZero())) return null;
  return {
    ...before,
    cost: sumCost(kinds),
    kinds: kinds.map(({ category, cost }) => ({ category: category ?? '', cost })),
    parts,
  };
}

function toKind({ category, records, billedSeconds, quantity, cost }: UsageTotal): KindTotal {
  return { category: category ?? '', records, billedSeconds, quantity, cost };
}

function sumCost(totals: readonly { cost: Money }[]): Money {
  return totals.reduce((sum, { cost }) => sum.plus(cost), dollars('0'));
}

function addUp(all: readonly KindTotal[]): KindTotal[] {
  const byKind = new Map<string, KindTotal>();
  for (const one of all) {
    const sum = byKind.get(one.category);
    byKind.set(
      one.category,
      sum === undefined
        ? one
        : {
            category: one.category,
            records: sum.records + one.records,
            billedSeconds: sum.billedSeconds + one.billedSeconds,
            quantity: sum.quantity + one.quantity,
            cost: sum.cost.plus(one.cost),
          },
    );
  }
  return [...byKind.values()].toSorted((a, b) => b.cost.comparedTo(a.cost));
}

async function nameTop(
  db: Db,
  companyId: bigint,
  totals: readonly UsageTotal[],
): Promise<UsageBreakdown['people']> {
  const top = totals.slice(0, TOP);
  const ids = top.flatMap(({ memberId }) => (memberId === null ? [] : [memberId]));
  const members = await db.member.findMany({
    where: { companyId, id: { in: ids } },
    select: { id: true, name: true, slackUserId: true },
  });
  return top.map(({ memberId, records, billedSeconds, cost }) => {
    const member = members.find(({ id }) => id === memberId);
    return { name: member?.name ?? null, userId: member?.slackUserId ?? null, records, billedSeconds, cost };
  });
}
