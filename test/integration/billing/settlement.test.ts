import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  advanceOrder,
  type BillingDeps,
  confirmPurchase,
  openDraft,
  type PaymentGateway,
  readOrder,
  retryPurchase,
  reviewPurchase,
} from '../../../src/billing/index.ts';
import { readBalance } from '../../../src/ledger/index.ts';
import { dollars } from '../../../src/money.ts';
import { answerBank } from '../../support/answer-bank.ts';
import { barrier } from '../../support/barrier.ts';
import { type BillingRoom, startBillingRoom } from '../../support/billing-room.ts';
import { buyTwenty, type CardedCompany, cardedCompany } from '../../support/carded-company.ts';
import { putCardOnFile, type TestCompany, testCompany } from '../../support/company.ts';

const SURFACE = { viewId: 'V1' };

let room: BillingRoom;
let acme: CardedCompany;

beforeAll(async () => {
  room = await startBillingRoom('2027-03-10T18:00:00Z');
});
afterAll(() => room?.close());
beforeEach(async () => {
  acme = await cardedCompany(room, 'pm_card_visa');
});

const orderOf = (token: string) => room.deps.db.purchaseOrder.findUniqueOrThrow({ where: { token } });

async function work(token: string, deps: BillingDeps = room.deps): Promise<void> {
  const { companyId, id: orderId } = await orderOf(token);
  await advanceOrder(deps, { companyId, orderId });
}

/** What the processor charged, and what the ledger has. */
async function chargedAndCredited({ companyId }: TestCompany): Promise<[string, string]> {
  const { wallets } = await readBalance(room.deps.db, companyId, room.clock.now());
  const credited = wallets.reduce((sum, { general }) => sum.plus(general), dollars('0'));
  return [(await room.charged(companyId)).toFixed(2), credited.toFixed(2)];
}

const withGateway = (change: Partial<PaymentGateway>): BillingDeps => ({
  ...room.deps,
  gateway: { ...room.deps.gateway, ...change },
});

describe('a purchase that is tried again while its bank asks', () => {
  it.each([
    ['paid', 'succeeded'],
    ['being paid', 'processing'],
  ] as const)(
    'and turns out to be %s when that try is cancelled is settled by it, and charged once',
    async (_, found) => {
      const { setBank } = room.processor.controls;
      const [card = { id: 0n, pm: '' }] = acme.cards;
      await setBank(card.pm, { asksHolder: true });
      const token = await buyTwenty(room, acme);
      await work(token);
      const waiting = await readOrder(room.deps, acme.ana, token);
      await answerBank(waiting.actionUrl, 'approve');
      await setBank(card.pm, { approves: true });
      expect(await retryPurchase(room.deps, acme.ana, waiting, SURFACE)).toMatchObject({
        outcome: 'confirmed',
      });
      const cancelIntent: PaymentGateway['cancelIntent'] = async ({ intentId }) => ({
        ...(await room.deps.gateway.findIntent(intentId)),
        state: found,
      });
      await work(token, withGateway({ cancelIntent }));
      await work(token);
      expect(await orderOf(token)).toMatchObject({ state: 'settled' });
      expect(await chargedAndCredited(acme)).toEqual(['20.00', '20.00']);
    },
  );
});

describe('a charge that two workers find to be paid', () => {
  it('has one receipt number, and the next purchase has the next', async () => {
    const token = await buyTwenty(room, acme);
    const [confirmed, looks, settled] = [barrier(), barrier(), barrier()];
    const { gateway } = room.deps;
    const first = withGateway({
      confirmIntent: async (request) => {
        const intent = await gateway.confirmIntent(request);
        confirmed.open();
        await looks.opened;
        return intent;
      },
    });
    const second = withGateway({
      findIntent: async (intentId) => {
        const intent = await gateway.findIntent(intentId);
        looks.open();
        await settled.opened;
        return intent;
      },
    });
    const charging = work(token, first).then(settled.open);
    await confirmed.opened;
    await Promise.all([charging, work(token, second)]);
    expect(await orderOf(token)).toMatchObject({ state: 'settled', receiptNumber: 1n });
    room.clock.advance(1_000);
    const next = await buyTwenty(room, acme);
    await work(next);
    expect(await orderOf(next)).toMatchObject({ state: 'settled', receiptNumber: 2n });
    expect(await chargedAndCredited(acme)).toEqual(['40.00', '40.00']);
  });
});

describe('a purchase that is tried again is its buyer’s to make only', () => {
  it.each([
    ['declined', { decline: 'insufficient_funds' } as const],
    ['waiting at the bank', { asksHolder: true } as const],
  ])('while they may still buy for its office, another office being none of it: %s', async (_, answer) => {
    const { db } = room.deps;
    const company = await testCompany(db, { pooled: false });
    const { companyId, officeIds, teamId, ana } = company;
    await putCardOnFile(room.deps, companyId);
    const card = await db.card.findFirstOrThrow({ where: { companyId } });
    await room.processor.controls.setBank(card.processorId, answer);
    const { token } = await openDraft(room.deps, ana, {});
    const scope = { kind: 'office', officeId: officeIds[0] } as const;
    const shown = await reviewPurchase(room.deps, ana, token, [{ scope, amount: dollars('20') }]);
    await confirmPurchase(room.deps, ana, shown, SURFACE);
    await work(token);
    const again = await readOrder(room.deps, ana, token);
    await room.processor.controls.setBank(card.processorId, { approves: true });
    await db.roleAssignment.updateMany({
      where: { companyId, teamId, userId: ana.userId },
      data: { role: 'office_admin', officeId: officeIds[1] ?? null },
    });
    await expect(retryPurchase(room.deps, ana, again, SURFACE)).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await work(token);
    expect(await chargedAndCredited(company)).toEqual(['0.00', '0.00']);
  });
});

describe('the processor’s own receipt', () => {
  const intents = z.object({
    data: z.array(z.object({ receipt_email: z.string().nullable(), status: z.string() })),
  });
  const email = (invoiceEmail: string | null) =>
    room.deps.db.company.update({ where: { id: acme.companyId }, data: { invoiceEmail } });

  /** The company's intents, the oldest first: where each one's receipt goes, and what became of it. */
  async function receipts(): Promise<[string | null, string][]> {
    const { customerId } = await room.deps.db.processorCustomer.findUniqueOrThrow({
      where: { companyId: acme.companyId },
    });
    const answer = await fetch(`${room.processor.url}/v1/payment_intents?customer=${customerId}`, {
      headers: { authorization: `Bearer ${room.secretKey}` },
    });
    const { data } = intents.parse(await answer.json());
    return data.toReversed().map(({ receipt_email, status }) => [receipt_email, status]);
  }

  it('goes to the company’s invoice e-mail, where it has one', async () => {
    await work(await buyTwenty(room, acme));
    await email('billing@acme.example');
    room.clock.advance(60 * 60_000);
    await work(await buyTwenty(room, acme));
    expect(await receipts()).toEqual([
      [null, 'succeeded'],
      ['billing@acme.example', 'succeeded'],
    ]);
  });

  it('keeps no purchase from being paid where the processor does not take the address', async () => {
    await email('billing@acme_corp.example');
    await work(await buyTwenty(room, acme));
    expect(await receipts()).toEqual([[null, 'succeeded']]);
  });

  it('goes where it was to go at first, when its request is repeated after the address was changed', async () => {
    await email('first@acme.example');
    const token = await buyTwenty(room, acme);
    room.processor.controls.failNext('rate-limit', 1, '/v1/payment_intents');
    await work(token);
    const lost = await room.deps.db.paymentAttempt.findFirstOrThrow({ where: { companyId: acme.companyId } });
    expect(lost.intentId).toBeNull();
    await email('second@acme.example');
    await work(token);
    expect(await receipts()).toEqual([['first@acme.example', 'succeeded']]);
  });
});
