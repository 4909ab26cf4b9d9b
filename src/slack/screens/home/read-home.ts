import {
  type CardFacts,
  listOpenApprovals,
  listPaymentsToVerify,
  listReceipts,
  listRequestsToAnswer,
  type OpenApproval,
  type OpenRequest,
  type PaymentToVerify,
  type Receipt,
  readCards,
  readSetup,
  type SetupState,
} from '../../../billing/index.ts';
import { addDays, dayOf, startOfDay } from '../../../calendar.ts';
import { readBalanceSeries } from '../../../ledger/index.ts';
import { listLimitsFor } from '../../../limits/index.ts';
import { dollars, type Money } from '../../../money.ts';
import type { Person } from '../../../org/index.ts';
import { type MonthSpend, type OwnRecord, readMonthSpend, readOwnRecords } from '../../../usage/index.ts';
import type { SlackContext } from '../../kit/context.ts';
import { holds } from '../../rights.ts';
import { type BalanceFacts, readBalanceFacts } from '../read-balance-facts.ts';
import { isPool, visibleWallets } from '../visible-wallets.ts';

const CHART_DAYS = 30;
const MAX_REQUESTS = 5;
const MAX_RECEIPTS = 5;
const MAX_RECORDS = 5;

/** What the balance was at the end of a day, or is now. */
export interface DayBalance {
  day: string;
  amount: Money;
}

/** Everything that a person's Home shows; null: not theirs to see. */
export interface HomeFacts {
  now: Date;
  balance: BalanceFacts | null;
  /** Empty where shared credits are not theirs to see. */
  series: readonly DayBalance[];
  month: MonthSpend | null;
  receipts: readonly Receipt[];
  requests: readonly OpenRequest[];
  approvals: readonly OpenApproval[];
  /** Payments that wait for the bank, of the credits that this person may buy for. */
  toVerify: readonly PaymentToVerify[];
  cards: readonly CardFacts[];
  setup: SetupState | null;
  /** Spending limits of whose usage they see, and their own. */
  limits: Awaited<ReturnType<typeof listLimitsFor>>;
  /** A member's newest records, without cost; null also where they are not in the directory. */
  own: readonly OwnRecord[] | null;
}

/** Reads what a person's rights let them see, and nothing else. */
export async function readHome(ctx: SlackContext, person: Person): Promise<HomeFacts> {
  const { db } = ctx;
  const now = ctx.clock.now();
  const when = async <T>(isHeld: boolean, read: () => Promise<T>, otherwise: T): Promise<T> =>
    isHeld ? await read() : otherwise;
  const seesMoney = holds(person, 'see_money');
  const [balance, month, receipts, requests, approvals, toVerify, cards, setup, own, limits] =
    await Promise.all([
      when<BalanceFacts | null>(seesMoney, () => readBalanceFacts(ctx, person), null),
      when<MonthSpend | null>(holds(person, 'see_usage'), () => readMonthSpend(db, person, now), null),
      when(seesMoney, () => readNewestReceipts(ctx, person), []),
      when(
        holds(person, 'buy'),
        () => listRequestsToAnswer(db, person, { at: now, limit: MAX_REQUESTS }),
        [],
      ),
      when(seesMoney, () => listApprovalsFor(ctx, person, now), []),
      when(holds(person, 'buy'), () => listPaymentsToVerify(db, person, now), []),
      when(holds(person, 'manage_cards'), () => readCards(db, person.company.id), []),
      when<SetupState | null>(holds(person, 'manage_people'), () => readSetup(db, person.company), null),
      when(holds(person, 'see_own_usage'), () => readOwn(ctx, person, now), null),
      listLimitsFor(db, person, now),
    ]);
  const series = balance === null ? [] : await readSeries(ctx, person, balance, now);
  return { now, balance, series, month, receipts, requests, approvals, toVerify, cards, setup, own, limits };
}

async function readNewestReceipts(ctx: SlackContext, person: Person): Promise<readonly Receipt[]> {
  const newest = { search: '', first: null, skipped: 0, limit: MAX_RECEIPTS };
  return (await listReceipts(ctx.billing, person, newest)).receipts;
}

async function listApprovalsFor(ctx: SlackContext, person: Person, at: Date): Promise<OpenApproval[]> {
  const open = await listOpenApprovals(ctx.db, { companyId: person.company.id, at });
  return open.filter(({ approverIds }) => approverIds.includes(person.userId));
}

async function readOwn(ctx: SlackContext, person: Person, now: Date): Promise<readonly OwnRecord[] | null> {
  const { timeZone } = person.company;
  const from = startOfDay(addDays(dayOf(now, timeZone), 1 - CHART_DAYS), timeZone);
  if (from === null) return null;
  return (await readOwnRecords(ctx.db, person, { from, to: now }, MAX_RECORDS))?.records ?? null;
}

/** The balance of what this person sees at the end of each of the last days, and now. */
async function readSeries(
  ctx: SlackContext,
  person: Person,
  { balance }: BalanceFacts,
  now: Date,
): Promise<DayBalance[]> {
  const { timeZone } = person.company;
  const wallets = visibleWallets(balance, person);
  if (balance.pooled && !wallets.some(isPool)) return [];
  const seen = new Set(wallets.map(({ walletId }) => walletId));
  const today = dayOf(now, timeZone);
  const days = Array.from({ length: CHART_DAYS }, (_, index) => addDays(today, index + 1 - CHART_DAYS));
  const ends = days.map((day) => {
    const next = day === today ? now : startOfDay(addDays(day, 1), timeZone);
    return new Date((next ?? now).getTime() - 1);
  });
  const points = await readBalanceSeries(ctx.db, person.company.id, ends);
  return days.map((day, index) => {
    const at = ends[index]?.getTime();
    const amount = points
      .filter((point) => seen.has(point.walletId) && point.at.getTime() === at)
      .filter(({ forCalls }) => forCalls.greaterThan(0))
      .reduce((sum, { forCalls }) => sum.plus(forCalls), dollars('0'));
    return { day, amount };
  });
}
