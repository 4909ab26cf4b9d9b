import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BillingDeps,
  buyBundle,
  confirmPurchase,
  listBundles,
  openDraft,
  reviewBundle,
  reviewPurchase,
  sweepBundleUse,
  sweepSubscriptions,
} from '../../billing/index.ts';
import { dayOf, daysPeriod, monthOf, monthPeriod, weekdayOf } from '../../calendar.ts';
import type { MovableClock } from '../../clock.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../durations.ts';
import { listUsage, readBalance, refundUsage, sweepLedger } from '../../ledger/index.ts';
import { dollars } from '../../money.ts';
import { findPerson, type Person, type SecretBox } from '../../org/index.ts';
import { ingestApiRecords } from '../../usage/index.ts';
import { DEMO_CAST, TEAM_ID } from '../cast.ts';
import { makeDay } from './make-day.ts';

/** When the company was founded, and when a day's usage is in. */
const OPENS_MS = 9 * HOUR_MS;
const EVENING_MS = 19 * HOUR_MS;
/** How long before now something must have ended to be told already. */
const JUST_NOW_MS = 5 * MINUTE_MS;
/** The window that a purchase was confirmed in is closed by now. */
const CLOSED_WINDOW = 'V0HISTORY1';
/** This month is busier than the last one. */
const BUSIER = 1.15;
const REFUNDED_DAYS_AGO = 4;
const SETTLED_WITHIN_MS = 5 * SECOND_MS;

/** What an office's admin buys, and when general credits are low enough for it. */
const HABITS = [
  { buyer: 'ana', office: 'San Francisco', below: dollars('14'), amount: dollars('50') },
  { buyer: 'li', office: 'New York', below: dollars('9'), amount: dollars('20') },
];

type Deps = BillingDeps & { secrets: SecretBox; clock: MovableClock };

/** How far back a history begins: with the month before this one, so that the two can be compared. */
export function historyMs(now: Date, timeZone: string): number {
  const month = monthPeriod(monthOf(now, timeZone, 1), timeZone);
  return month === null ? 0 : now.getTime() - month.from.getTime() - OPENS_MS;
}

/**
 * Plays what the demo company did since its clock was set back: calls, texts and AI conversations of each day, a bundle
 * and its renewal, credits bought when they ran low, a refund. Everything goes through the doors that the real thing
 * goes through, with the clock where it was then. Does nothing outside the sandbox or where anything was used before.
 */
export async function liveThrough(deps: Deps, companyId: bigint): Promise<void> {
  const { db, clock } = deps;
  const isSandbox = (await db.instance.count({ where: { mode: 'sandbox' } })) > 0;
  if (!isSandbox || (await db.usageRecord.count({ where: { companyId } })) > 0) return;
  const [ana, li] = [await findCast(deps, 'ana'), await findCast(deps, 'li')];
  const { timeZone } = ana.company;
  await buyCallingBundle(deps, ana);
  const isLast = async (number: number): Promise<boolean> => {
    const present = new Date(clock.now().getTime() - clock.aheadMs);
    const day = dayOf(clock.now(), timeZone);
    const period = daysPeriod(day, day, timeZone);
    if (period === null) return true;
    const isThisMonth = day.slice(0, 7) === dayOf(present, timeZone).slice(0, 7);
    goTo(clock, new Date(period.from.getTime() + EVENING_MS));
    await liveDay(deps, companyId, { number, day, period, busy: isThisMonth ? BUSIER : 1 });
    await buyWhatIsLow(deps, companyId, [ana, li]);
    const morning = new Date(period.to.getTime() + HOUR_MS);
    if (morning >= present) return true;
    if (dayOf(new Date(present.getTime() - REFUNDED_DAYS_AGO * DAY_MS), timeZone) === day)
      await refundOne(deps, companyId, period);
    goTo(clock, morning);
    return false;
  };
  for (let number = 0; !(await isLast(number)); ) number += 1;
}

/** Moves the clock ahead to an instant, never beyond the present. */
function goTo(clock: MovableClock, at: Date): void {
  const ms = Math.min(at.getTime() - clock.now().getTime(), -clock.aheadMs);
  if (ms > 0) clock.advance(ms);
}

interface Day {
  number: number;
  day: string;
  period: { from: Date; to: Date };
  busy: number;
}

/** What was due that day, and what was used until the evening. */
async function liveDay(deps: Deps, companyId: bigint, of: Day): Promise<void> {
  if (/-0[12]$/.test(of.day)) {
    // The bundle begins anew with the month, and what was left of the old one lapses six hours later.
    await sweepSubscriptions(deps);
    await sweepLedger(deps);
    await settled(deps);
  }
  const told = deps.clock.now().getTime() - JUST_NOW_MS;
  const records = makeDay({ ...of, midnight: of.period.from, isWorkday: weekdayOf(of.day) <= 5 });
  const over = records.filter(
    ({ answered_at: answered, at, duration_seconds: seconds }) =>
      Date.parse(String(answered ?? at)) + Number(seconds ?? 0) * 1_000 < told,
  );
  await ingestApiRecords(deps, companyId, over);
  await sweepBundleUse(deps);
  await settled(deps);
}

const idOf = (name: string): string => DEMO_CAST.find((one) => one.name === name)?.id ?? '';

async function findCast({ db }: Deps, name: string): Promise<Person> {
  const person = await findPerson(db, { teamId: TEAM_ID, userId: idOf(name) });
  if (person === null) throw new RangeError(`${name} is nobody in the demo company`);
  return person;
}

async function buyCallingBundle(deps: Deps, ana: Person): Promise<void> {
  const bundle = (await listBundles(deps.db)).find(({ kind }) => kind === 'calling');
  const office = ana.offices.find(({ isPrimary }) => isPrimary);
  if (bundle === undefined || office === undefined) return;
  const choice = { bundleId: bundle.id, scope: { kind: 'office', officeId: office.id } } as const;
  const { mark } = await reviewBundle(deps, ana, choice);
  await buyBundle(deps, ana, { ...choice, mark, token: `history-bundle-${ana.company.id}` });
  await settled(deps);
}

/** As a careful admin does: before credits run out. */
async function buyWhatIsLow(deps: Deps, companyId: bigint, buyers: readonly Person[]): Promise<void> {
  const { wallets } = await readBalance(deps.db, companyId, deps.clock.now());
  for (const habit of HABITS) {
    const buyer = buyers.find(({ userId }) => userId === idOf(habit.buyer));
    const office = buyer?.offices.find(({ name }) => name === habit.office);
    const wallet = wallets.find(({ officeId }) => officeId === office?.id);
    if (buyer === undefined || office === undefined || wallet === undefined) continue;
    if (wallet.freeGeneral.greaterThan(habit.below)) continue;
    const { token } = await openDraft(deps, buyer, {});
    const scope = { kind: 'office', officeId: office.id } as const;
    const review = await reviewPurchase(deps, buyer, token, [{ scope, amount: habit.amount }]);
    await confirmPurchase(deps, buyer, review, { viewId: CLOSED_WINDOW });
    await settled(deps);
  }
}

/** Gives back what the dearest call of a day cost. */
async function refundOne(deps: Deps, companyId: bigint, period: { from: Date; to: Date }): Promise<void> {
  const used = await listUsage(deps.db, { companyId, ...period, categories: ['international'], limit: 200 });
  const [dearest] = used.toSorted((a, b) => b.cost.comparedTo(a.cost));
  if (dearest === undefined || dearest.cost.isZero()) return;
  await refundUsage(deps.db, {
    companyId,
    source: dearest.source,
    externalId: dearest.externalId,
    key: `history-refund-${companyId}`,
    actor: 'operator',
    reason: 'The line was bad',
    at: deps.clock.now(),
  });
}

/** Waits until what was bought is credited and told, so that it is written down for when it was. */
async function settled({ db }: Deps): Promise<void> {
  for (const end = Date.now() + SETTLED_WITHIN_MS; Date.now() < end; await sleep(10)) {
    const [open, untold] = await Promise.all([
      db.purchaseOrder.count({ where: { state: { in: ['confirmed', 'charging', 'unknown'] } } }),
      db.notice.count({ where: { state: 'pending' } }),
    ]);
    if (open + untold === 0) return;
  }
}
