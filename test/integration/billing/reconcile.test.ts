import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  advanceCheck,
  createStripeLists,
  type Difference,
  latestComparable,
  type ProcessorLists,
  reconcileProcessor,
  sweepDisputes,
  sweepRefunds,
} from '../../../src/billing/index.ts';
import { describeDifference } from '../../../src/cli/reconcile/describe-difference.ts';
import { openDb } from '../../../src/db/index.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/durations.ts';
import type { BillingRoom } from '../../support/billing-room.ts';
import {
  buyTwenty,
  type CardedCompany,
  cardedCompany,
  rechargeEmptyWallet,
} from '../../support/carded-company.ts';
import { findings, paidTwenty, refillIn, startMoneyBackRoom, webhook } from '../../support/money-back.ts';
import { type OrderDesk, openOrderDesk, unanswered } from '../../support/order-desk.ts';

const withId = z.object({ id: z.string(), latest_charge: z.string() });
const report = z.object({ differences: z.array(z.looseObject({ kind: z.string() })) });

let room: BillingRoom;
let desk: OrderDesk;
let acme: CardedCompany;
/** A purchase that nothing is known against. */
let paid: { orderId: bigint; intent: string };
let refund: { id: string; intent: string };
let dispute: { id: string; intent: string };
let checkIntent: string;

/** Everything that can become of money, and all of it sound. */
beforeAll(async () => {
  room = await startMoneyBackRoom();
  desk = openOrderDesk(room);
  acme = await cardedCompany(room, 'pm_card_visa');
  await refundLate();
  room.processor.controls.setAccount({ refundsBegin: 'pending' });
  await rechargeEmptyWallet(room, acme);
  await desk.work(acme);
  paid = await paidTwenty(room, acme);
  const first = await paidTwenty(room, acme);
  await refillIn(room, 'order', 'refund', first.intent, '--amount', '5', '--reason', 'sent twice');
  refund = { id: await inDashboard(first.intent, 300), intent: first.intent };
  await webhook(room, 'refund.created', refund.id);
  const failing = await inDashboard(first.intent, 200);
  await room.processor.controls.happen('changeRefund', { refund: failing, status: 'failed' });
  await webhook(room, 'refund.failed', failing);
  for (const status of ['lost', 'won', 'warning_closed'] as const) await disputed(status);
  checkIntent = await checkedCard();
  // A declined purchase, and a payment that somebody else took with the same account.
  await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { decline: 'insufficient_funds' });
  await buyTwenty(room, acme);
  await desk.work(acme);
  await room.processor.controls.setBank(acme.cards[0]?.pm ?? '', { approves: true });
  await charge({});
  room.clock.advance(31 * MINUTE_MS);
  await sweepRefunds(room.deps);
  await sweepDisputes(room.deps);
  expect(await findings(room)).toEqual([]);
}, 180_000);
afterAll(() => room?.close());
/** A purchase that failed, was paid a week later all the same, and is refunded. */
async function refundLate(): Promise<void> {
  const pm = acme.cards[0]?.pm ?? '';
  await room.processor.controls.setBank(pm, { decline: 'insufficient_funds' });
  await buyTwenty(room, acme);
  await desk.work(acme, desk.withGateway({ cancelIntent: unanswered }));
  await room.processor.controls.setBank(pm, { approves: true });
  const { intentId } = await room.deps.db.paymentAttempt.findFirstOrThrow({
    where: { companyId: acme.companyId },
  });
  await desk.ask(`payment_intents/${intentId}/confirm`, { payment_method: pm });
  room.clock.advance(7 * DAY_MS);
  await desk.work(acme);
  expect(await room.deps.db.paymentAttempt.count({ where: { refundedAt: { not: null } } })).toBe(1);
}

const inDashboard = (intent: string, amount: number): Promise<string> =>
  room.processor.controls.happen('refundInDashboard', { payment_intent: intent, amount });

async function disputed(status: 'lost' | 'won' | 'warning_closed'): Promise<void> {
  const { intent } = await paidTwenty(room, acme);
  const start = status === 'warning_closed' ? ({ status: 'warning_needs_response' } as const) : {};
  const id = await room.processor.controls.happen('openDispute', { payment_intent: intent, ...start });
  await room.processor.controls.happen('changeDispute', { dispute: id, status });
  await webhook(room, 'charge.dispute.closed', id);
  await room.deps.db.dispute.updateMany({ data: { clearedAt: room.clock.now() } });
  if (status === 'won') dispute = { id, intent };
}

/** A card check that was charged, answered and refunded; answers its intent. */
async function checkedCard(): Promise<string> {
  const { companyId, cards } = acme;
  const at = room.clock.now();
  const { id: checkId } = await room.deps.db.cardCheck.create({
    data: {
      ...{ companyId, token: randomUUID(), cardId: cards[0]?.id ?? 0n, fingerprint: 'f', state: 'charging' },
      ...{ amountMicros: 1_230_000n, teamId: acme.teamId, userId: 'UANA', createdAt: at },
    },
  });
  await advanceCheck(room.deps, { companyId, checkId });
  const where = { companyId_id: { companyId, id: checkId } };
  await room.deps.db.cardCheck.update({ where, data: { state: 'expired', resolvedAt: room.clock.now() } });
  await advanceCheck(room.deps, { companyId, checkId });
  const check = await room.deps.db.cardCheck.findUniqueOrThrow({ where });
  expect(check.refundedAt).not.toBeNull();
  return check.intentId ?? '';
}

/** Charges $20 through the processor's API, around Refill. */
async function charge(more: Record<string, string>): Promise<{ id: string; chargeId: string }> {
  const { customerId } = await room.deps.db.processorCustomer.findFirstOrThrow({
    where: { companyId: acme.companyId },
  });
  const method = { customer: customerId, payment_method: acme.cards[0]?.pm ?? '', confirm: 'true' };
  const allowed = {
    'automatic_payment_methods[enabled]': 'true',
    'automatic_payment_methods[allow_redirects]': 'never',
  };
  const made = await desk.ask('payment_intents', {
    amount: '2000',
    currency: 'usd',
    ...method,
    ...allowed,
    ...more,
  });
  const { id, latest_charge: chargeId } = withId.parse(made);
  room.clock.advance(31 * MINUTE_MS);
  return { id, chargeId };
}

/** Changes an object in the processor's own books; answers how to undo it. */
async function changeThere(id: string, change: Record<string, unknown>): Promise<() => Promise<void>> {
  const at = 'card_processor.resource';
  await room.changeBooks(`CREATE TABLE IF NOT EXISTS kept AS SELECT id, body FROM ${at} WHERE false`);
  await room.changeBooks(`INSERT INTO kept SELECT id, body FROM ${at} WHERE id = $1`, id);
  await room.changeBooks(
    `UPDATE ${at} SET body = (body::jsonb || $2::jsonb)::json WHERE id = $1`,
    id,
    JSON.stringify(change),
  );
  return async () => {
    await room.changeBooks(`UPDATE ${at} SET body = kept.body FROM kept WHERE kept.id = resource.id`);
    await room.changeBooks('DROP TABLE kept');
  };
}

/** Hides an object of the processor's. */
async function loseThere(id: string): Promise<() => Promise<void>> {
  const at = 'card_processor.resource';
  await room.changeBooks(`UPDATE ${at} SET id = 'lost_' || id, kind = 'lost_' || kind WHERE id = $1`, id);
  return () =>
    room.changeBooks(
      `UPDATE ${at} SET id = substr(id, 6), kind = substr(kind, 6) WHERE id = 'lost_' || $1`,
      id,
    );
}

/** Hides a row of ours. */
async function loseHere(table: 'refund' | 'dispute', id: string): Promise<() => Promise<void>> {
  const rename = (from: string, to: string) =>
    room.deps.db.$executeRawUnsafe(`UPDATE ${table} SET processor_id = $2 WHERE processor_id = $1`, from, to);
  await rename(id, 'not_known');
  // A row that the processor does not know would be a difference by itself.
  const undo = await changeHereTime(table, new Date(0));
  return async () => {
    await undo();
    await rename('not_known', id);
  };
}

async function changeHereTime(table: 'refund' | 'dispute', at: Date): Promise<() => Promise<void>> {
  const column = table === 'refund' ? 'created_at' : 'opened_at';
  const [row] = await room.deps.db.$queryRawUnsafe<{ at: Date }[]>(
    `SELECT ${column} AS at FROM ${table} WHERE processor_id = 'not_known'`,
  );
  const set = (to: Date | undefined) =>
    room.deps.db.$executeRawUnsafe(`UPDATE ${table} SET ${column} = $1 WHERE processor_id = 'not_known'`, to);
  await set(at);
  return async () => void (await set(row?.at));
}

const reference = (id: bigint): string => `P-${id.toString().padStart(6, '0')}`;
/** Refunds a charge that a test made, so that it is sound again. */
const giveBack = (intent: string) => async (): Promise<void> => {
  await inDashboard(intent, 2000);
};

describe('refill reconcile', () => {
  it('finds nothing on sound books of purchases, recharges, refunds, disputes, checks and late payments', async () => {
    const { status, stdout } = await refillIn(room, 'reconcile');
    expect([status, stdout.split('\n')]).toEqual([
      0,
      [
        expect.stringMatching(
          /^The books agree with the card processor: 8 payments, 4 refunds, 3 disputes from 2027-\d\d-\d\dT\d\d:\d\dZ to /,
        ),
        '1 payment of the account not taken by Refill: ignored.',
        '',
      ],
    ]);
  });

  const planted: [string, string, () => Promise<() => Promise<void>>, RegExp][] = [
    [
      'a payment that names an order of ours that is not there',
      'payment-without-order',
      async () => giveBack((await charge({ 'metadata[reference]': `${acme.companyId}/999999/1` })).id),
      /\$20\.00 was paid, and the order that its reference names is not in this database\. .*refund it at the card processor/,
    ],
    [
      'a payment of an order that is closed unpaid',
      'payment-not-credited',
      async () => {
        const { id } = await room.deps.db.purchaseOrder.findFirstOrThrow({
          where: { companyId: acme.companyId, state: 'declined' },
          orderBy: { id: 'desc' },
        });
        return giveBack((await charge({ 'metadata[reference]': `${acme.companyId}/${id}/2` })).id);
      },
      /\$20\.00 was paid for an order that is closed unpaid \(declined\)/,
    ],
    [
      'two payments of one order',
      'order-paid-twice',
      async () =>
        giveBack((await charge({ 'metadata[reference]': `${acme.companyId}/${paid.orderId}/2` })).id),
      /\$20\.00 was paid besides pi_\w+ that settled the order\. Refund this one/,
    ],
    [
      'a settled order whose payment did not succeed',
      'order-without-payment',
      () => changeThere(paid.intent, { status: 'canceled' }),
      /\$20\.00 was credited, and its payment pi_\w+ is canceled at the card processor/,
    ],
    [
      'a settled order whose payment is not there',
      'order-without-payment',
      () => loseThere(paid.intent),
      /\$20\.00 was credited, and the card processor does not know pi_/,
    ],
    [
      'another amount',
      'amount-differs',
      () => changeThere(paid.intent, { amount_received: 1999 }),
      /The order is \$20\.00, and \$19\.99 was paid/,
    ],
    [
      'another currency',
      'currency-differs',
      () => changeThere(paid.intent, { currency: 'eur' }),
      /paid in EUR/,
    ],
    [
      'another customer',
      'customer-differs',
      () => changeThere(paid.intent, { customer: 'cus_other' }),
      /paid by customer cus_other, and the company is cus_\w+/,
    ],
    [
      'a card check that is not refunded',
      'check-not-refunded',
      async () => {
        const list = z.object({ data: z.array(z.object({ id: z.string() })) });
        const { data } = list.parse(await desk.ask(`refunds?payment_intent=${checkIntent}`));
        return await loseThere(data[0]?.id ?? '');
      },
      /The charge of a card check is not refunded, though the check is over/,
    ],
    [
      'a refund that we do not have',
      'refund-missing-here',
      () => loseHere('refund', refund.id),
      /\$3\.00 was refunded at the card processor, and no credits were taken back/,
    ],
    [
      'a refund that the processor does not have',
      'refund-missing-there',
      () => loseThere(refund.id),
      /Credits were taken back for a refund of \$3\.00 that the card processor does not know/,
    ],
    [
      'another amount of a refund',
      'refund-amount-differs',
      () => changeThere(refund.id, { amount: 400 }),
      /The refund is \$3\.00 here and \$4\.00 at the card processor/,
    ],
    [
      'another state of a refund',
      'refund-state-differs',
      () => changeThere(refund.id, { status: 'failed' }),
      /The refund is pending here and failed at the card processor/,
    ],
    [
      'a refund that was asked for and has no answer',
      'refund-not-made',
      async () => {
        const { companyId } = acme;
        const at = new Date(room.clock.now().getTime() - 60 * MINUTE_MS);
        const { id } = await room.deps.db.operatorRefund.create({
          data: {
            ...{ companyId, orderId: paid.orderId, key: 'k', amountMicros: 7_000_000n },
            ...{ reason: 'r', actor: 'operator', requestedAt: at, askedAt: at },
          },
        });
        return async () =>
          void (await room.deps.db.operatorRefund.delete({ where: { companyId_id: { companyId, id } } }));
      },
      /A refund of \$7\.00 was asked for, and the card processor gave no answer/,
    ],
    [
      'a dispute that we do not have',
      'dispute-missing-here',
      () => loseHere('dispute', dispute.id),
      /\$20\.00 is disputed, and the books do not know it/,
    ],
    [
      'a dispute that the processor does not have',
      'dispute-missing-there',
      () => loseThere(dispute.id),
      /The books have a dispute of \$20\.00 that the card processor does not know/,
    ],
    [
      'another amount of a dispute',
      'dispute-amount-differs',
      () => changeThere(dispute.id, { amount: 1000 }),
      /The dispute is about \$20\.00 here and \$10\.00 at the card processor/,
    ],
    [
      'another state of a dispute',
      'dispute-state-differs',
      () => changeThere(dispute.id, { status: 'lost' }),
      /The dispute is won here and lost at the card processor/,
    ],
  ];

  it.each(planted)('finds %s, and nothing else', async (_, kind, plant, sentence) => {
    const undo = await plant();
    try {
      const found = await reconcile();
      expect(found.map((each) => each.kind)).toEqual([kind]);
      const lines = found.map((each) => describeDifference(each, 'Acme Corp'));
      expect(lines).toEqual([expect.stringMatching(/^Acme Corp {2}/)]);
      expect(lines[0]).toMatch(sentence);
    } finally {
      await undo();
    }
  });

  it('ends with 1, and names the order of what it finds, also as values', async () => {
    const undo = await changeThere(paid.intent, { amount_received: 1 });
    const [told, asJson] = [await refillIn(room, 'reconcile'), await refillIn(room, 'reconcile', '--json')];
    await undo();
    const lines = told.stdout.split('\n').filter((line) => !line.startsWith('1 payment of the account'));
    const line = `Acme Corp  ${reference(paid.orderId)}  ${paid.intent}  The order is $20.00`;
    expect([told.status, lines]).toEqual([
      1,
      [expect.stringContaining(line), expect.stringMatching(/^1 difference: /), ''],
    ]);
    const { differences } = report.parse(JSON.parse(asJson.stdout));
    expect([asJson.status, differences.map(({ kind }) => kind)]).toEqual([1, ['amount-differs']]);
  });

  it('compares only the period, and refuses one that has not begun', async () => {
    const undo = await changeThere(paid.intent, { amount_received: 1 });
    const before = await refillIn(room, 'reconcile', '--from', '2027-01-01', '--to', '2027-01-31');
    await undo();
    expect([before.status, before.stdout]).toEqual([
      0,
      'The books agree with the card processor: 0 payments, 0 refunds, 0 disputes from 2027-01-01T00:00Z to 2027-02-01T00:00Z.\n',
    ]);
    expect(await refillIn(room, 'reconcile', '--from', '2028-01-01')).toMatchObject({ status: 2 });
  });

  it('a processor that is down is said, and nothing is called a difference', async () => {
    room.processor.controls.setBehaviour('down');
    const { status, stdout, stderr } = await refillIn(room, 'reconcile');
    room.processor.controls.setBehaviour('approve');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('The card processor gave no usable answer');
  });
});

/** Reconciles by the service, with other lists. */
async function reconcile(change: Partial<ProcessorLists> = {}, until = latestComparable(room.clock.now())) {
  const { secretKey } = room;
  const lists = createStripeLists({ secretKey, webhookSecret: undefined, apiUrl: room.processor.url });
  const db = await openDb({ url: room.database.url, poolSize: 1, log: room.deps.log });
  const found: Difference[] = [];
  const period = { since: new Date(until.getTime() - 35 * DAY_MS), until };
  try {
    await reconcileProcessor({ db, lists: { ...lists, ...change } }, period, (each) => void found.push(each));
    return found;
  } finally {
    await db.$disconnect();
  }
}

describe('what looks different is asked again', () => {
  it('a payment, refund or dispute that came on since it was listed is no difference', async () => {
    const { secretKey } = room;
    const real = createStripeLists({ secretKey, webhookSecret: undefined, apiUrl: room.processor.url });
    const stale: Partial<ProcessorLists> = {
      async *listPayments(period) {
        for await (const page of real.listPayments(period))
          yield page.map((each) => ({ ...each, status: 'processing', receivedCents: 0 }));
      },
      async *listRefunds(period) {
        for await (const page of real.listRefunds(period))
          yield page.map((each) => ({ ...each, state: 'requires_action' as const }));
      },
      async *listDisputes(period) {
        for await (const page of real.listDisputes(period))
          yield page.map((each) => ({ ...each, state: 'open' as const }));
      },
    };
    expect(await reconcile(stale)).toEqual([]);
  });

  it('what was made at the edge of the period is no difference', async () => {
    const attempt = await room.deps.db.paymentAttempt.findFirstOrThrow({ where: { intentId: paid.intent } });
    const until = new Date(attempt.openedAt.getTime() + 1_000);
    const undo = await changeThere(paid.intent, { created: until.getTime() / 1_000 + 1 });
    expect(await reconcile({}, until)).toEqual([]);
    await undo();
  });
});

it('goes through pages of the processor’s lists and of differences, each once', async () => {
  const copies = (prefix: string, text: string, count: number) =>
    room.changeBooks(
      `INSERT INTO card_processor.resource (id, kind, body)
       SELECT $2 || n, kind, (body::jsonb || jsonb_build_object('id', $2 || n, 'metadata',
         jsonb_build_object('reference', replace($3, 'N', n::text))))::json
       FROM card_processor.resource, generate_series(1, ${count}) AS n WHERE id = $1`,
      paid.intent,
      prefix,
      text,
    );
  await copies('pi_foreign', 'shop N', 150);
  await copies('pi_unknown', `${acme.companyId}/9999N/1`, 210);
  try {
    // Refunds of before are listed by then, and need no question.
    room.clock.advance(31 * MINUTE_MS);
    const found = await reconcile({ listRefundsOf: () => Promise.resolve([]) });
    expect(new Set(found.map(({ intentId }) => intentId)).size).toBe(210);
    expect(found.length).toBe(210);
  } finally {
    await room.changeBooks(
      `DELETE FROM card_processor.resource WHERE id LIKE 'pi_foreign%' OR id LIKE 'pi_unknown%'`,
    );
  }
});
