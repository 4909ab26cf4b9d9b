import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  advanceOrder,
  causeChecks,
  confirmPurchase,
  decideApproval,
  listRequestsToAnswer,
  openDraft,
  type PurchaseReview,
  readInvoice,
  readOrder,
  readOrderHistory,
  requestCredits,
  retryPurchase,
  reviewPurchase,
  sweepInvoices,
} from '../../../src/billing/index.ts';
import { toConfirmed } from '../../../src/billing/orders/order.ts';
import { replaceLines, type WantedLine } from '../../../src/billing/orders/order-lines.ts';
import { settleOrder } from '../../../src/billing/orders/settle.ts';
import { inTransaction, type Queryable } from '../../../src/db/index.ts';
import {
  type Finding,
  readBalance,
  restoreGrant,
  reverseGrant,
  verifyLedger,
} from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { findPerson, type Person } from '../../../src/org/index.ts';
import { type BillingRoom, spend } from '../../support/billing-room.ts';
import { putCardOnFile, type TestCompany, testCompany } from '../../support/company.ts';
import { closeSound, intentOf, noticesOf, startMoneyBackRoom, webhook } from '../../support/money-back.ts';
import { openOrderDesk, unanswered } from '../../support/order-desk.ts';

const SURFACE = { viewId: 'V' };
const NAMES = ['San Francisco', 'New York', 'Boston', 'Austin'] as const;
type Name = (typeof NAMES)[number];

let room: BillingRoom;
let acme: TestCompany;
beforeAll(async () => {
  room = await startMoneyBackRoom();
});
afterAll(() => closeSound(room));
beforeEach(async () => {
  room.processor.controls.setBehaviour('approve');
  const offices = NAMES.map((name) => ({ name, country: 'US' }));
  acme = await testCompany(room.deps.db, { pooled: false, offices });
  await putCardOnFile(room.deps, acme.companyId);
});

const officeOf = (name: Name): bigint => acme.officeIds[NAMES.indexOf(name)] ?? 0n;

/** So much for each of these offices. */
const lines = (wanted: Partial<Record<Name, string>>): WantedLine[] =>
  Object.entries(wanted).map(([name, amount]) => ({
    scope: { kind: 'office', officeId: officeOf(name as Name) },
    amount: dollars(amount),
  }));

async function review(
  wanted: Partial<Record<Name, string>>,
  buyer: Person = acme.ana,
): Promise<PurchaseReview> {
  const { token } = await openDraft(room.deps, buyer, {});
  return await reviewPurchase(room.deps, buyer, token, lines(wanted));
}

const orderOf = (token: string) =>
  room.deps.db.purchaseOrder.findUniqueOrThrow({
    where: { token },
    include: { orderLines: { orderBy: { position: 'asc' } } },
  });

async function advance(token: string): Promise<void> {
  const { companyId, id: orderId } = await orderOf(token);
  await advanceOrder(room.deps, { companyId, orderId });
}

async function buy(wanted: Partial<Record<Name, string>>): Promise<string> {
  // The same again at the same moment would be asked about.
  room.clock.advance(60_000);
  const shown = await review(wanted);
  await confirmPurchase(room.deps, acme.ana, shown, SURFACE);
  await advance(shown.token);
  return shown.token;
}

/** The general credits of each office, less what it owes; an office with nothing is left out. */
async function balances(): Promise<Partial<Record<Name, string>>> {
  const { wallets } = await readBalance(room.deps.db, acme.companyId, room.clock.now());
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const wallet = wallets.find(({ officeId }) => officeId === officeOf(name));
      const has = wallet?.general.minus(wallet.debt.calls) ?? dollars('0');
      return has.isZero() ? [] : [[name, has.toFixed()]];
    }),
  );
}

async function give(userId: string, ...offices: Name[]): Promise<Person> {
  for (const name of offices)
    await room.deps.db.roleAssignment.create({
      data: {
        companyId: acme.companyId,
        teamId: acme.teamId,
        userId,
        role: 'office_admin',
        officeId: officeOf(name),
        grantedBy: 'test',
        grantedAt: new Date(room.clock.now().getTime() - 48 * 3_600_000),
      },
    });
  const person = await findPerson(room.deps.db, { teamId: acme.teamId, userId });
  if (person === null) throw new Error(`${userId} has no role`);
  return person;
}

const setLimits = (data: Record<string, bigint | string>): Promise<unknown> =>
  room.deps.db.company.update({ where: { id: acme.companyId }, data });

describe('an order of several lines', () => {
  it('is one charge, one receipt and one credit for each office, shown before and after', async () => {
    const shown = await review({ 'New York': '40', Boston: '60.5' });
    expect(shown).toMatchObject({ amount: dollars('100.5'), chargedNow: dollars('100.5') });
    expect(shown.lines).toMatchObject([
      {
        scopeLabel: 'New York',
        amount: dollars('40'),
        balanceBefore: dollars('0'),
        balanceAfter: dollars('40'),
      },
      { scopeLabel: 'Boston', amount: dollars('60.5'), balanceAfter: dollars('60.5') },
    ]);
    await confirmPurchase(room.deps, acme.ana, shown, SURFACE);
    await advance(shown.token);
    await advance(shown.token);
    expect(await balances()).toEqual({ 'New York': '40', Boston: '60.5' });
    expect((await room.charged(acme.companyId)).toFixed(2)).toBe('100.50');
    expect(await readOrder(room.deps, acme.ana, shown.token)).toMatchObject({
      state: 'settled',
      receipt: 'R-000001',
      lines: [{ balance: dollars('40') }, { balance: dollars('60.5') }],
    });
    expect(await noticesOf(room, acme, 'receipt')).toMatchObject([
      {
        amount: '100.50',
        receipt: 'R-000001',
        lines: [
          { scopeLabel: 'New York', amount: '40.00', balance: '40' },
          { scopeLabel: 'Boston', amount: '60.50', balance: '60.5' },
        ],
      },
    ]);
    const order = await orderOf(shown.token);
    expect((await readOrderHistory(room.deps.db, order)).lines).toMatchObject([
      { office: 'New York', amount: dollars('40'), credited: dollars('40') },
      { office: 'Boston', amount: dollars('60.5'), credited: dollars('60.5') },
    ]);
  });

  it('credits each line once, whoever settles it at the same time', async () => {
    const shown = await review({ 'New York': '10', Boston: '20', Austin: '30' });
    await confirmPurchase(room.deps, acme.ana, shown, SURFACE);
    const order = toConfirmed(await orderOf(shown.token));
    await advance(shown.token);
    const attempt = await room.deps.db.paymentAttempt.findFirstOrThrow({ where: { orderId: order.id } });
    await Promise.all([1, 2, 3].map(() => settleOrder(room.deps, order, attempt)));
    expect(await balances()).toEqual({ 'New York': '10', Boston: '20', Austin: '30' });
    expect((await orderOf(shown.token)).orderLines.every(({ grantId }) => grantId !== null)).toBe(true);
  });

  it('that was declined is tried again with all of its lines', async () => {
    room.processor.controls.setBehaviour('decline');
    const first = await buy({ 'New York': '10', Boston: '20' });
    const declined = await readOrder(room.deps, acme.ana, first);
    expect(declined.state).toBe('declined');
    expect(await balances()).toEqual({});
    room.processor.controls.setBehaviour('approve');
    await retryPurchase(room.deps, acme.ana, declined, SURFACE);
    await advance(first);
    expect(await balances()).toEqual({ 'New York': '10', Boston: '20' });
  });

  it('that is paid late credits every line, and is refunded only where the very same was bought since', async () => {
    const desk = openOrderDesk(room);
    const { processorId: pm } = await room.deps.db.card.findFirstOrThrow({
      where: { companyId: acme.companyId },
    });
    const late = async (wanted: Partial<Record<Name, string>>, since: Partial<Record<Name, string>>) => {
      await room.processor.controls.setBank(pm, { decline: 'insufficient_funds' });
      room.clock.advance(60_000);
      const shown = await review(wanted);
      await confirmPurchase(room.deps, acme.ana, shown, SURFACE);
      await desk.work(acme, desk.withGateway({ cancelIntent: unanswered }));
      expect((await orderOf(shown.token)).state).toBe('declined');
      await room.processor.controls.setBank(pm, { approves: true });
      await buy(since);
      const intent = await intentOf(room, acme, (await orderOf(shown.token)).id);
      await desk.ask(`payment_intents/${intent}/confirm`, { payment_method: pm });
      room.clock.advance(60 * 60_000);
      await desk.work(acme);
    };
    // The same in sum, for the same offices.
    await late({ 'New York': '10', Boston: '20' }, { 'New York': '20', Boston: '10' });
    expect(await balances()).toEqual({ 'New York': '30', Boston: '30' });
    await late({ 'New York': '11', Boston: '22' }, { Boston: '22', 'New York': '11' });
    expect(await balances()).toEqual({ 'New York': '41', Boston: '52' });
    expect(await noticesOf(room, acme, 'late_refund')).toMatchObject([
      { amount: '33.00', reason: 'replaced', scopeLabel: 'New York and Boston' },
    ]);
  });

  it('begun from a request answers it with what it adds where credits were requested', async () => {
    const { db } = room.deps;
    const { companyId, teamId } = acme;
    const person = { name: 'Priya', kind: 'person' as const, licence: 'talk', slackUserId: 'UPRIYA' };
    await db.member.create({ data: { companyId, officeId: officeOf('New York'), ...person } });
    const role = {
      userId: 'UPRIYA',
      role: 'member' as const,
      grantedBy: 'test',
      grantedAt: room.clock.now(),
    };
    await db.roleAssignment.create({ data: { companyId, teamId, ...role } });
    const priya = await findPerson(db, { teamId, userId: 'UPRIYA' });
    if (priya === null) throw new Error('Priya has no access');
    await requestCredits(room.deps, priya, { amount: dollars('30'), reason: 'trade fair' });
    const request = await db.creditRequest.findFirstOrThrow({ where: { companyId } });
    const { token: requestToken, expiresAt } = request;
    const listed = async (at: Date) => {
      const open = await listRequestsToAnswer(db, acme.ana, { at, limit: 5 });
      return open.map((one) => one.token);
    };
    expect(await listed(new Date(expiresAt.getTime() - 1))).toEqual([requestToken]);
    expect(await listed(expiresAt)).toEqual([]);
    const { token } = await openDraft(room.deps, acme.ana, { requestToken });
    const shown = await reviewPurchase(room.deps, acme.ana, token, lines({ Boston: '60', 'New York': '40' }));
    await confirmPurchase(room.deps, acme.ana, shown, SURFACE);
    await advance(token);
    expect(await noticesOf(room, acme, 'credit_request_answer')).toMatchObject([
      { state: 'bought', scopeLabel: 'New York', bought: '40.00' },
    ]);
    expect(await listed(room.clock.now())).toEqual([]);
  });

  it('is judged by its sum: the range of a purchase, the 24-hour limit and what invoices may owe', async () => {
    await expect(review({ 'New York': '600', Boston: '600' })).rejects.toMatchObject({
      code: 'amount-above-maximum',
    });
    // Each line is below the smallest purchase; their sum is not.
    expect((await review({ 'New York': '3', Boston: '2' })).amount.toFixed()).toBe('5');
    await setLimits({ purchaseMaxMicros: 100_000_000n, purchaseDailyMaxMicros: 150_000_000n });
    await buy({ 'New York': '50', Boston: '50' });
    await expect(review({ 'New York': '30', Austin: '30' })).rejects.toMatchObject({ code: 'daily-limit' });
    await setLimits({ billingMethod: 'invoice', exposureLimitMicros: 40_000_000n });
    await expect(review({ 'New York': '25', Austin: '25' })).rejects.toMatchObject({
      code: 'exposure-limit',
    });
  });

  it('on invoice is credited at once, as one item of the sum that names its offices', async () => {
    await setLimits({ billingMethod: 'invoice' });
    const token = await buy({ 'New York': '40', Boston: '60' });
    expect(await balances()).toEqual({ 'New York': '40', Boston: '60' });
    const { companyId } = acme;
    const items = await room.deps.db.invoiceItem.findMany({ where: { companyId } });
    expect(items).toMatchObject([{ orderId: (await orderOf(token)).id, amountMicros: 100_000_000n }]);
    const at = new Date(room.clock.now().getTime() - 40 * 24 * 3_600_000);
    await room.deps.db.invoiceItem.updateMany({ where: { companyId }, data: { at } });
    await sweepInvoices(room.deps);
    const invoice = await room.deps.db.invoice.findFirstOrThrow({ where: { companyId } });
    const { lines: listed } = (await readInvoice(room.deps.db, { companyId, id: invoice.id })) ?? {
      lines: [],
    };
    expect(listed).toMatchObject([{ office: 'New York and Boston', amount: dollars('100') }]);
  });

  it('is refused where it has no line, names an office twice, or has an amount that is none', async () => {
    const { token } = await openDraft(room.deps, acme.ana, {});
    const [one] = lines({ Boston: '20' });
    for (const wanted of [
      [],
      [...lines({ Boston: '20' }), ...lines({ Boston: '30' })],
      lines({ Boston: '20', Austin: '0' }),
      lines({ Boston: '20', Austin: '-5' }),
      lines({ Boston: '20', Austin: '5.001' }),
    ])
      await expect(reviewPurchase(room.deps, acme.ana, token, wanted)).rejects.toMatchObject({
        code: 'bad-lines',
      });
    const shared: WantedLine = { scope: { kind: 'company' }, amount: dollars('20') };
    await expect(
      reviewPurchase(room.deps, acme.ana, token, [shared, ...(one === undefined ? [] : [one])]),
    ).rejects.toMatchObject({ code: 'not-allowed' });
    expect((await orderOf(token)).orderLines).toEqual([]);
  });

  it('can be reviewed anew with other lines, and only those that were shown last are charged', async () => {
    const first = await review({ 'New York': '40', Boston: '60' });
    const second = await reviewPurchase(
      room.deps,
      acme.ana,
      first.token,
      lines({ Boston: '40', Austin: '60' }),
    );
    expect(await confirmPurchase(room.deps, acme.ana, first, SURFACE)).toMatchObject({
      outcome: 'review-again',
      review: { isChanged: true, lines: [{ scopeLabel: 'Boston' }, { scopeLabel: 'Austin' }] },
    });
    await confirmPurchase(room.deps, acme.ana, second, SURFACE);
    await advance(second.token);
    expect(await balances()).toEqual({ Boston: '40', Austin: '60' });
  });

  it('is not claimed where its lines, though the same in sum, are not those that were shown', async () => {
    const shown = await review({ 'New York': '40', Boston: '60' });
    const order = await orderOf(shown.token);
    await inTransaction(room.deps.db, (tx) =>
      replaceLines(tx, order, lines({ 'New York': '60', Boston: '40' })),
    );
    const done = await confirmPurchase(room.deps, acme.ana, shown, SURFACE);
    expect(done).toMatchObject({ outcome: 'review-again', review: { isChanged: true } });
  });

  it('warns of another purchase for any of its offices, and of none for others', async () => {
    const mine = await review({ 'New York': '40', Boston: '60' });
    const other = await review({ Boston: '20', Austin: '20' }, acme.li);
    await confirmPurchase(room.deps, acme.li, other, SURFACE);
    expect(await confirmPurchase(room.deps, acme.ana, mine, SURFACE)).toMatchObject({
      outcome: 'review-again',
      review: { meanwhile: [{ userId: 'ULI', amount: dollars('40') }] },
    });
    const elsewhere = await review({ 'San Francisco': '20' });
    await confirmPurchase(room.deps, acme.li, await review({ Austin: '21' }, acme.li), SURFACE);
    expect(await confirmPurchase(room.deps, acme.ana, elsewhere, SURFACE)).toMatchObject({
      outcome: 'confirmed',
    });
  });

  it('is no order whose amount is not the sum of its lines, whoever writes it', async () => {
    const { db } = room.deps;
    const { companyId, id, orderLines } = await orderOf(await buy({ 'New York': '40', Boston: '60' }));
    const key = { companyId_id: { companyId, id } };
    await expect(db.purchaseOrder.update({ where: key, data: { amountMicros: 1n } })).rejects.toThrow(
      /its lines/,
    );
    const line = { companyId_orderId_position: { companyId, orderId: id, position: 1 } };
    await expect(db.orderLine.update({ where: line, data: { amountMicros: 1n } })).rejects.toThrow(
      /its lines/,
    );
    await expect(db.orderLine.delete({ where: line })).rejects.toThrow(/its lines/);
    await expect(
      db.orderLine.create({ data: { companyId, orderId: id, position: 2, amountMicros: 1n } }),
    ).rejects.toThrow(/its lines/);
    expect(
      (await orderOf((await db.purchaseOrder.findUniqueOrThrow({ where: key })).token)).orderLines,
    ).toEqual(orderLines);
  });
});

describe('the right to buy', () => {
  it('is asked for every office of an order, also once it was reviewed', async () => {
    const uma = await give('UUMA', 'New York', 'Boston');
    await expect(review({ 'New York': '20', Austin: '20' }, uma)).rejects.toMatchObject({
      code: 'not-allowed',
    });
    const shown = await review({ 'New York': '20', Boston: '20' }, uma);
    await room.deps.db.roleAssignment.deleteMany({
      where: { companyId: acme.companyId, userId: 'UUMA', officeId: officeOf('Boston') },
    });
    await expect(confirmPurchase(room.deps, uma, shown, SURFACE)).rejects.toMatchObject({
      code: 'not-allowed',
    });
    expect((await orderOf(shown.token)).state).toBe('draft');
  });

  it('approves an order above the limit in sum only where it is held for each of its offices', async () => {
    await setLimits({ approvalLimitMicros: 50_000_000n });
    const uma = await give('UUMA', 'New York');
    const ben = await give('UBEN', 'New York', 'Boston');
    const shown = await review({ 'New York': '30', Boston: '30' });
    // Those who may buy for both, but not who asks.
    expect(shown.approverIds).toEqual(['ULI', 'UBEN']);
    await confirmPurchase(room.deps, acme.ana, shown, SURFACE);
    const order = await orderOf(shown.token);
    expect(order.state).toBe('awaiting_approval');
    const { token } = await room.deps.db.approval.findFirstOrThrow({ where: { orderId: order.id } });
    expect(await noticesOf(room, acme, 'approval')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          scopeLabel: 'New York and Boston',
          lines: [
            { scopeLabel: 'New York', amount: '30.00' },
            { scopeLabel: 'Boston', amount: '30.00' },
          ],
        }),
      ]),
    );
    await expect(decideApproval(room.deps, uma, token, 'approved')).rejects.toMatchObject({
      code: 'not-approver',
    });
    expect(await decideApproval(room.deps, ben, token, 'approved')).toMatchObject({ outcome: 'decided' });
    await advance(shown.token);
    expect(await balances()).toEqual({ 'New York': '30', Boston: '30' });
  });
});

describe('money back of several lines', () => {
  const refund = async (token: string, cents?: number): Promise<string> => {
    const intent = await intentOf(room, acme, (await orderOf(token)).id);
    const id = await room.processor.controls.happen('refundInDashboard', {
      payment_intent: intent,
      ...(cents === undefined ? {} : { amount: cents }),
    });
    await webhook(room, 'refund.created', id);
    return id;
  };
  const fail = async (id: string): Promise<void> => {
    await room.processor.controls.happen('changeRefund', { refund: id, status: 'failed' });
    await webhook(room, 'refund.updated', id);
  };

  it('is shared over them in proportion, the rest to the last; what completes the payment takes all', async () => {
    const token = await buy({ 'New York': '10', Boston: '10', Austin: '10' });
    await refund(token, 1000);
    expect(await balances()).toEqual({ 'New York': '6.666667', Boston: '6.666666', Austin: '6.666667' });
    expect(await noticesOf(room, acme, 'refund')).toMatchObject([
      { taken: '10.00', scopeLabel: 'New York, Boston and Austin' },
    ]);
    await refund(token);
    expect(await balances()).toEqual({});
  });

  it('is posted back alike where the refund fails', async () => {
    const token = await buy({ 'New York': '12.34', Boston: '56.78' });
    const before = await balances();
    const first = await refund(token, 1111);
    const second = await refund(token, 2222);
    await fail(first);
    await fail(second);
    expect(await balances()).toEqual(before);
    await refund(token);
    expect(await balances()).toEqual({});
  });

  it('leaves what was spent of a line as its office’s debt, and of the others nothing', async () => {
    const token = await buy({ 'San Francisco': '10', Boston: '30' });
    await spend(room, acme, '10');
    await refund(token);
    expect(await balances()).toEqual({ 'San Francisco': '-10' });
  });

  it('that was taken of other lines than its share, or not in sum, is found', async () => {
    const token = await buy({ 'New York': '40', Boston: '60' });
    const id = await refund(token, 2500);
    const { orderLines, id: orderId } = await orderOf(token);
    const [first, second] = orderLines.map(({ grantId }) => grantId ?? 0n);
    const why = { companyId: acme.companyId, actor: 'test', reason: 'Test', at: room.clock.now() };
    const undone = new Error('not kept');
    const found: string[][] = [];
    const verify = async (db: Queryable): Promise<void> => {
      const rows: string[] = [];
      const onFinding = ({ check, row, expected }: Finding): void =>
        void rows.push(`${check} ${row} ${expected}`);
      await verifyLedger(db, { checks: causeChecks, onFinding });
      found.push(rows);
    };
    const tamper = inTransaction(room.deps.db, async (tx) => {
      // Boston gave $15 and New York $10: now it is $10 and $15.
      await restoreGrant(tx, { ...why, reversalKey: `refund:${id}:1`, key: 'back' });
      await reverseGrant(tx, { ...why, grantId: second ?? 0n, amount: dollars('10'), key: 'less' });
      await verify(tx);
      await reverseGrant(tx, { ...why, grantId: first ?? 0n, amount: dollars('5'), key: 'more' });
      await verify(tx);
      throw undone;
    });
    await expect(tamper).rejects.toBe(undone);
    expect(found[0]).toContain(`cause-reversal order ${orderId} 25000000`);
    expect(found[1]?.toSorted()).toEqual(
      [`cause-reversal grant ${first} 10000000`, `cause-reversal grant ${second} 15000000`].toSorted(),
    );
  });

  it('of a lost dispute takes every line', async () => {
    const token = await buy({ 'New York': '40', Boston: '60' });
    const intent = await intentOf(room, acme, (await orderOf(token)).id);
    await refund(token, 2500);
    expect(await balances()).toEqual({ 'New York': '30', Boston: '45' });
    const id = await room.processor.controls.happen('openDispute', { payment_intent: intent });
    await webhook(room, 'charge.dispute.created', id);
    await room.processor.controls.happen('changeDispute', { dispute: id, status: 'lost' });
    await webhook(room, 'charge.dispute.closed', id);
    expect(await balances()).toEqual({});
  });

  it('is, for any lines and any partial refunds, what they credited × refunded / paid, to the micro-dollar', async () => {
    let seed = 20_260_401;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    for (let round = 0; round < 2; round += 1) {
      const wanted = Object.fromEntries(
        NAMES.map((name) => [name, `${1 + random(80)}.${10 + random(90)}`]),
      ) as Record<Name, string>;
      const token = await buy(wanted);
      const { amountMicros } = await orderOf(token);
      const paid = Number((amountMicros ?? 0n) / 10_000n);
      let refunded = 0;
      for (let part = 0; part < 4; part += 1) {
        const cents = 1 + random(Math.floor((paid - refunded) / 2));
        const id = await refund(token, cents);
        if (random(4) === 0) await fail(id);
        else refunded += cents;
        const { lines: standing } = await readOrderHistory(room.deps.db, await orderOf(token));
        for (const { amount, reversed } of standing)
          expect(amount.times(refunded).dividedBy(paid).minus(reversed).abs().toNumber()).toBeLessThan(3e-6);
        const sum = standing.reduce((total, { reversed }) => total.plus(reversed), dollars('0'));
        expect(sum.toFixed(6)).toBe(dollars(`${refunded}`).dividedBy(100).toFixed(6));
      }
      await refund(token);
    }
    expect(await balances()).toEqual({});
  });
});
