import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addBundle,
  addRecurring,
  applyRecharge,
  confirmPurchase,
  openDraft,
  openRechargeDraft,
  readSubscriptions,
  resolveInvoice,
  resumeSubscription,
  reviewPurchase,
  reviewRecharge,
  sweepLowWallets,
  sweepRetries,
} from '../../../src/billing/index.ts';
import { HOUR_MS } from '../../../src/durations.ts';
import { readBalance } from '../../../src/ledger/index.ts';
import { dollars, fromMicros } from '../../../src/money.ts';
import { type BillingRoom, buyReviewed, spend, startBillingRoom } from '../../support/billing-room.ts';
import { putCardOnFile, type TestCompany, testCompany } from '../../support/company.ts';
import { findings } from '../../support/ledger.ts';
import { type ReferenceCalendar, slowCalendar } from '../../support/reference-calendar.ts';

/**
 * One clock takes two companies of billing day 31 through fourteen months. Everything that must come is written down
 * beforehand, by the clock on the wall of each: the clock stops a millisecond before such a moment, when nothing may
 * happen yet, and at it. What came is then read from the books.
 *
 * Lord Howe turns its clocks by half an hour (2 April, 1 October 2028), Santiago at midnight (2 April, 3 September).
 */
const POOL = { kind: 'company' } as const;
const FROM = '2027-12-29T00:00:00Z';
const BEGINS = '2027-12-31 10:00';
const TURNS = [
  ...['2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30', '2028-05-31', '2028-06-30', '2028-07-31'],
  ...['2028-08-31', '2028-09-30', '2028-10-31', '2028-11-30', '2028-12-31', '2029-01-31', '2029-02-28'],
];
const MONTHS = TURNS.map((day) => day.slice(0, 7));

/** What happens at a moment; two of the same say so twice. */
type Diary = [at: Date, what: string][];

let room: BillingRoom;
let lordHowe: ReferenceCalendar;
let santiago: ReferenceCalendar;
let carded: TestCompany;
let invoiced: TestCompany;
const acts: [at: Date, act: () => Promise<unknown>][] = [];
const overdue = new Map<string, Date>();

beforeAll(async () => {
  room = await startBillingRoom(FROM);
  lordHowe = slowCalendar('Australia/Lord_Howe', new Date(FROM), 15);
  santiago = slowCalendar('America/Santiago', new Date(FROM), 15);
  const { db } = room.deps;
  carded = await testCompany(db, { timeZone: 'Australia/Lord_Howe', billingDay: 31 });
  invoiced = await testCompany(db, {
    timeZone: 'America/Santiago',
    billingDay: 31,
    billingMethod: 'invoice',
  });
  await putCardOnFile(room.deps, carded.companyId);
  const { id: bundleId } = await addBundle(db, {
    name: 'Bundle',
    kind: 'calling',
    period: 'monthly',
    credit: dollars('150'),
    price: dollars('120'),
    at: room.clock.now(),
  });
  planCarded(bundleId);
  planInvoiced(bundleId);
  await live();
}, 300_000);
afterAll(() => room?.close());

function planCarded(bundleId: bigint): void {
  const plan = (shown: string, act: () => Promise<unknown>) => acts.push([lordHowe.at(shown), act]);
  const bank = (shown: string, says: 'approve' | 'decline') =>
    plan(shown, async () => room.processor.controls.setBehaviour(says));
  planUsage(plan, carded);
  plan(BEGINS, () => begin(carded, bundleId, { cap: '100', isCharged: false }));
  // The renewal of the leap day is paid at its last try, that of June never; the admin starts it again in July.
  bank('2028-02-29 00:00', 'decline');
  bank('2028-03-01 00:00', 'approve');
  bank('2028-06-30 00:00', 'decline');
  bank('2028-07-01 00:30', 'approve');
  plan('2028-07-10 09:00', async () => {
    const [bundle] = await readSubscriptions(room.deps.db, carded.ana);
    const shown = { token: bundle?.token ?? '', mark: bundle?.restartMark ?? '' };
    await resumeSubscription(room.deps, carded.ana, shown);
  });
  // Three days of much usage reach the cap of September; October's first recharge is paid at its last try.
  for (const day of ['20', '21', '22']) plan(`2028-09-${day} 12:00`, () => spend(room, carded, '60', 'ai'));
  bank('2028-10-01 00:00', 'decline');
  bank('2028-10-02 00:30', 'approve');
}

function planInvoiced(bundleId: bigint): void {
  const plan = (shown: string, act: () => Promise<unknown>) => acts.push([santiago.at(shown), act]);
  plan(BEGINS, () => begin(invoiced, bundleId, { cap: '500', isCharged: true }));
  for (const month of MONTHS) {
    plan(`${month}-10 12:00`, () => purchase(invoiced, '20'));
    // The invoice of March waits until it is overdue.
    if (month !== '2028-04') plan(`${month}-10 12:00`, payInvoices);
  }
  planUsage(plan, invoiced);
}

function planUsage(
  plan: (shown: string, act: () => Promise<unknown>) => unknown,
  company: TestCompany,
): void {
  for (const month of MONTHS) {
    plan(`${month}-10 12:00`, () => spend(room, company, '40', 'ai'));
    plan(`${month}-10 12:00`, () => spend(room, company, '30'));
  }
}

async function begin(
  company: TestCompany,
  bundleId: bigint,
  { cap, isCharged }: { cap: string; isCharged: boolean },
): Promise<void> {
  const { deps, clock } = room;
  await buyReviewed(deps, company.ana, { bundleId, scope: POOL, token: randomUUID() });
  await addRecurring(deps, { companyId: company.companyId, amount: dollars('10'), isCharged });
  await room.work();
  const { wallets } = await readBalance(deps.db, company.companyId, clock.now());
  const { token } = await openRechargeDraft(deps, company.ana, wallets[0]?.walletId ?? 0n);
  const review = await reviewRecharge(deps, company.ana, token, {
    isOn: true,
    threshold: dollars('5'),
    amount: dollars('50'),
    cap: dollars(cap),
  });
  await applyRecharge(deps, company.ana, review);
}

async function purchase(company: TestCompany, amount: string): Promise<void> {
  const { token } = await openDraft(room.deps, company.ana, {});
  const review = await reviewPurchase(room.deps, company.ana, token, [
    {
      scope: POOL,
      amount: dollars(amount),
    },
  ]);
  await confirmPurchase(room.deps, company.ana, review, { viewId: 'V1' });
}

async function payInvoices(): Promise<void> {
  const { db, clock } = room.deps;
  const unpaid = await db.invoice.findMany({ where: { state: { in: ['open', 'overdue'] } } });
  for (const { year, number } of unpaid)
    await resolveInvoice(db, {
      number: `${year}-${String(number).padStart(6, '0')}`,
      state: 'paid',
      at: clock.now(),
    });
}

/** Goes through the fourteen months, stopping before and at each moment that something is planned or expected for. */
async function live(): Promise<void> {
  const moments = new Set(acts.map(([at]) => at.getTime()));
  for (const [at, what] of [...cardedDiary(), ...invoicedDiary()]) {
    if (!what.startsWith('lapse')) moments.add(at.getTime() - 1);
    moments.add(at.getTime());
  }
  for (const moment of [...moments].toSorted((a, b) => a - b)) {
    room.clock.advance(moment - room.clock.now().getTime());
    for (const [at, act] of acts) if (at.getTime() === moment) await act();
    await work();
  }
}

/** All that the sweepers and the queue do at a moment. */
async function work(): Promise<void> {
  const { db, clock } = room.deps;
  let goesOn = true;
  while (goesOn) {
    await room.work();
    await sweepRetries(room.deps);
    await sweepLowWallets(room.deps);
    goesOn = (await db.purchaseOrder.count({ where: { state: 'confirmed' } })) > 0;
  }
  for (const { year, number } of await db.invoice.findMany({ where: { state: 'overdue' } })) {
    const key = `${year}-${number}`;
    if (!overdue.has(key)) overdue.set(key, clock.now());
  }
}

const hoursAfter = (at: Date, hours: number): Date => new Date(at.getTime() + hours * HOUR_MS);
const until = (at: Date): string => `until ${at.toISOString()}`;

/**
 * General credits begin with 10, the first of the month's; 40 are used on each 10th, and 60 on 20, 21 and 22 September:
 * from the 21st to 2 October they are below 5 with nothing left under the cap of 100, and from 10 October again.
 */
function cardedDiary(): Diary {
  const at = lordHowe.at;
  const diary: Diary = [BEGINS, ...TURNS.map((day) => `${day} 00:00`)].map((shown, index) => [
    at(shown),
    `Recurring credits ${index + 1}`,
  ]);
  let number = 0;
  const bundle = (credited: Date, ends: Date, tries: Date[]) => {
    number += 1;
    diary.push([credited, `Bundle ${number} ${until(ends)}`], [hoursAfter(ends, 6), 'lapse of 120.00']);
    for (const [index, tried] of tries.entries())
      diary.push([tried, `charge of 120.00 ${index === tries.length - 1 ? 'succeeded' : 'failed'}`]);
  };
  bundle(at(BEGINS), at('2028-01-31 00:00'), [at(BEGINS)]);
  for (const [index, day] of TURNS.slice(0, -1).entries()) {
    const turn = at(`${day} 00:00`);
    const ends = at(`${TURNS[index + 1]} 00:00`);
    const tries = [0, 1, 6, 24].map((hours) => hoursAfter(turn, hours));
    if (day === '2028-02-29') bundle(hoursAfter(turn, 24), ends, tries);
    else if (day === '2028-06-30') {
      number += 1;
      for (const tried of tries) diary.push([tried, 'charge of 120.00 failed']);
      bundle(at('2028-07-10 09:00'), ends, [at('2028-07-10 09:00')]);
    } else bundle(turn, ends, [turn]);
  }
  // The last period has begun when the clock stops; it has not lapsed.
  number += 1;
  diary.push([at('2029-02-28 00:00'), `Bundle ${number} ${until(at('2029-03-31 00:00'))}`]);
  diary.push([at('2029-02-28 00:00'), 'charge of 120.00 succeeded']);

  const onTheTenth = ['2028-01', '2028-02', '2028-04', '2028-05', '2028-07', '2028-09', '2028-11', '2029-01'];
  for (const shown of [
    ...[...onTheTenth, '2029-02'].map((month) => `${month}-10 12:00`),
    ...['2028-09-20 12:00', '2028-10-02 00:30', '2028-11-01 00:00'],
  ])
    diary.push([at(shown), 'recharge'], [at(shown), 'charge of 50.00 succeeded']);
  // An hour, six and twenty-four after midnight, on the day whose clocks go half an hour ahead at two.
  for (const shown of ['2028-10-01 00:00', '2028-10-01 01:00', '2028-10-01 06:30'])
    diary.push([at(shown), 'charge of 50.00 failed']);
  diary.push([at('2028-10-02 00:30'), 'recharge'], [at('2028-10-02 00:30'), 'charge of 50.00 succeeded']);
  return diary;
}

/** General credits: 10 on each billing day, 20 bought and 40 used on each 10th. */
function invoicedDiary(): Diary {
  const at = santiago.at;
  const recharged = ['2028-01', '2028-05', '2028-10'];
  const diary: Diary = [
    [at(BEGINS), `Bundle 1 ${until(at('2028-01-31 00:00'))}`],
    [at(BEGINS), 'Recurring credits 1'],
    ...recharged.map((month): Diary[number] => [at(`${month}-10 12:00`), 'recharge']),
    // When the thirtieth day after it closed is over, though the clocks went back meanwhile.
    [at('2028-05-01 00:00'), 'invoice 2028-3 is overdue'],
  ];
  const after = [...TURNS.slice(1), '2029-03-31'];
  for (const [index, day] of TURNS.entries()) {
    const turn = at(`${day} 00:00`);
    const number = day < '2029' ? `2028-${index + 1}` : `2029-${index - 11}`;
    const total = recharged.includes(day.slice(0, 7)) ? '200.00' : '150.00';
    diary.push(
      [turn, `Bundle ${index + 2} ${until(at(`${after[index]} 00:00`))}`],
      [turn, `Recurring credits ${index + 2}`],
      [turn, `invoice ${number} of ${total}`],
      [hoursAfter(turn, 6), 'lapse of 120.00'],
    );
  }
  return diary;
}

/** What came, as the books tell it. */
async function readDiary({ companyId }: TestCompany): Promise<Diary> {
  const { db } = room.deps;
  const orders = await db.purchaseOrder.findMany({
    where: { companyId },
    include: { paymentAttempts: true },
  });
  const periods = await db.subscriptionPeriod.findMany({ where: { companyId, creditedAt: { not: null } } });
  const invoices = await db.invoice.findMany({ where: { companyId } });
  const lapses = await db.$queryRaw<{ at: Date; micros: bigint }[]>`
    SELECT posted_at AS at, -amount_micros AS micros FROM entry WHERE company_id = ${companyId} AND type = 'lapse'`;
  const zero = new Date(0);
  return [
    ...orders.flatMap(({ amountMicros, paymentAttempts }) =>
      paymentAttempts.map(({ openedAt, state }): Diary[number] => [
        openedAt,
        `charge of ${fromMicros(amountMicros ?? 0n).toFixed(2)} ${state}`,
      ]),
    ),
    ...orders
      .filter(({ kind }) => kind === 'recharge')
      .map(({ settledAt }): Diary[number] => [settledAt ?? zero, 'recharge']),
    ...periods.map(({ creditedAt, name, number, kind, endsAt }): Diary[number] => [
      creditedAt ?? zero,
      `${name} ${number + 1}${kind === 'general' ? '' : ` ${until(endsAt)}`}`,
    ]),
    ...lapses.map(({ at, micros }): Diary[number] => [at, `lapse of ${fromMicros(micros).toFixed(2)}`]),
    ...invoices.map(({ issuedAt, year, number, totalMicros }): Diary[number] => [
      issuedAt,
      `invoice ${year}-${number} of ${fromMicros(totalMicros).toFixed(2)}`,
    ]),
  ];
}

const inOrder = (diary: Diary): string[] =>
  diary.map(([at, what]) => `${at.toISOString()} ${what}`).toSorted();

describe('fourteen months by one clock', () => {
  it('bring a company that pays by card its bundles, credits, recharges and retries when they are due', async () => {
    expect(inOrder(await readDiary(carded))).toEqual(inOrder(cardedDiary()));
  });

  it('bring an invoiced company its bundles, credits, recharges and invoices when they are due', async () => {
    const late = [...overdue].map(([number, at]): Diary[number] => [at, `invoice ${number} is overdue`]);
    expect(inOrder([...(await readDiary(invoiced)), ...late])).toEqual(inOrder(invoicedDiary()));
  });

  it('leave books that verify, and no period, order or invoice without its end', async () => {
    const { db } = room.deps;
    expect(await findings(db)).toEqual([]);
    const states = await db.subscriptionPeriod.groupBy({
      by: ['state'],
      _count: true,
      orderBy: { state: 'asc' },
    });
    expect(states.map(({ state, _count }) => [state, _count])).toEqual([
      ['credited', 60],
      ['unpaid', 1],
    ]);
    expect(await db.purchaseOrder.count({ where: { state: { notIn: ['settled', 'declined'] } } })).toBe(0);
    const said = await db.notice.groupBy({ by: ['dedupeKey'], _count: true });
    expect(said.every(({ _count }) => _count === 1)).toBe(true);
  });
});
