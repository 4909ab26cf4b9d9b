import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { followCard } from '../../../src/billing/cards/follow-card.ts';
import {
  clearDisputes,
  followDispute,
  openDraft,
  reviewPurchase,
  sweepDisputes,
} from '../../../src/billing/index.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/durations.ts';
import { dollars } from '../../../src/money.ts';
import { listOperatorNotices } from '../../../src/org/index.ts';
import { type BillingRoom, spend } from '../../support/billing-room.ts';
import { type CardedCompany, cardedCompany } from '../../support/carded-company.ts';
import {
  closeSound,
  noticesOf,
  paidTwenty,
  standing,
  startMoneyBackRoom,
  webhook,
} from '../../support/money-back.ts';

let room: BillingRoom;
let acme: CardedCompany;

beforeAll(async () => {
  room = await startMoneyBackRoom();
});
afterAll(() => closeSound(room));
beforeEach(async () => {
  acme = await cardedCompany(room, 'pm_card_visa');
});

type Status =
  | 'needs_response'
  | 'under_review'
  | 'warning_closed'
  | 'won'
  | 'lost'
  | `appeal_${'needs_response' | 'under_review'}`;

async function open(
  intent: string,
  start: { status?: 'warning_needs_response' | 'prevented'; amount?: number } = {},
): Promise<string> {
  const id = await room.processor.controls.happen('openDispute', { payment_intent: intent, ...start });
  await webhook(room, 'charge.dispute.created', id);
  return id;
}

async function move(id: string, ...statuses: Status[]): Promise<void> {
  for (const status of statuses) {
    await room.processor.controls.happen('changeDispute', { dispute: id, status });
    await webhook(room, 'charge.dispute.updated', id);
  }
}

const has = () => standing(room, acme);
const told = () => noticesOf(room, acme, 'dispute');
/** Whether a dispute keeps the company from buying. */
async function paused(): Promise<boolean> {
  const { token } = await openDraft(room.deps, acme.ana, {});
  const choice = { scope: { kind: 'company' }, amount: dollars('7') } as const;
  try {
    await reviewPurchase(room.deps, acme.ana, token, [choice]);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'purchases-paused' });
    return true;
  }
}

describe('an inquiry', () => {
  it('informs and pauses nothing, and closed it is told so', async () => {
    const { intent } = await paidTwenty(room, acme);
    const id = await open(intent, { status: 'warning_needs_response' });
    expect(await told()).toMatchObject([{ state: 'inquiry', amount: '20.00', receipt: 'R-000001' }]);
    expect(await paused()).toBe(false);
    await move(id, 'warning_closed');
    expect(await told()).toMatchObject([{ state: 'closed' }]);
    expect([await paused(), await has()]).toEqual([false, { general: '20.00' }]);
  });

  it('pauses purchases once it becomes a dispute under the same id, and takes the credit once that is lost', async () => {
    const { intent } = await paidTwenty(room, acme);
    const id = await open(intent, { status: 'warning_needs_response' });
    await move(id, 'needs_response');
    expect(await told()).toMatchObject([{ state: 'open' }]);
    expect([await paused(), await has()]).toEqual([true, { general: '20.00' }]);
    await move(id, 'lost');
    expect([await paused(), await has()]).toEqual([true, {}]);
  });
});

describe('a dispute', () => {
  it('is found by the sweep where no webhook told of it, and followed by its id', async () => {
    const { intent } = await paidTwenty(room, acme);
    const id = await room.processor.controls.happen('openDispute', { payment_intent: intent });
    room.clock.advance(15 * MINUTE_MS);
    await sweepDisputes(room.deps);
    expect(await told()).toMatchObject([{ state: 'open' }]);
    await room.processor.controls.happen('changeDispute', { dispute: id, status: 'lost' });
    room.clock.advance(30 * DAY_MS);
    await sweepDisputes(room.deps);
    expect([await told(), await has()]).toMatchObject([[{ state: 'lost' }], {}]);
  });

  it('of a part takes that part, half up to the micro-dollar', async () => {
    const { intent } = await paidTwenty(room, acme);
    const id = await open(intent, { amount: 333 });
    await move(id, 'lost');
    expect(await has()).toEqual({ general: '16.67' });
  });

  it('lost, appealed and won after all gives back what it took, and lets purchases go on', async () => {
    const { intent } = await paidTwenty(room, acme);
    await spend(room, acme, '5');
    const id = await open(intent);
    await move(id, 'lost');
    expect(await has()).toEqual({ owed: '5.00' });
    await move(id, 'appeal_needs_response', 'appeal_under_review');
    expect([await paused(), await has()]).toEqual([true, { owed: '5.00' }]);
    await move(id, 'won');
    expect([await paused(), await has()]).toEqual([false, { general: '15.00' }]);
  });

  it('told in the wrong order, twice or at once is one pause and one reversal', async () => {
    const { intent } = await paidTwenty(room, acme);
    await paidTwenty(room, acme);
    const id = await room.processor.controls.happen('openDispute', { payment_intent: intent });
    await room.processor.controls.happen('changeDispute', { dispute: id, status: 'lost' });
    const types = ['closed', 'created', 'updated', 'created', 'closed'];
    await Promise.all(types.map((type) => webhook(room, `charge.dispute.${type}`, id)));
    expect(await has()).toEqual({ general: '20.00' });
    expect(await told()).toMatchObject([{ state: 'lost' }]);
    expect(await clearDisputes(room.deps, acme.companyId, 'talked to them')).toBe(1);
    expect(await paused()).toBe(false);
  });

  it('that was prevented takes nothing, pauses nothing and is not told', async () => {
    const { intent } = await paidTwenty(room, acme);
    await open(intent, { status: 'prevented' });
    expect([await paused(), await has(), await told()]).toEqual([false, { general: '20.00' }, []]);
  });

  it('in a state that we do not know is left to the operator', async () => {
    const { intent } = await paidTwenty(room, acme);
    const id = await room.processor.controls.happen('openDispute', { payment_intent: intent });
    const gateway = {
      ...room.deps.gateway,
      findDispute: async (disputeId: string) => ({
        ...(await room.deps.gateway.findDispute(disputeId)),
        state: 'unknown' as const,
      }),
    };
    await followDispute({ ...room.deps, gateway }, id);
    const notices = await listOperatorNotices(room.deps.db);
    expect(notices.filter(({ subject }) => subject === id)).toMatchObject([
      { kind: 'dispute-of-unknown-kind', company: { id: acme.companyId } },
    ]);
    expect(await paused()).toBe(false);
  });
});

describe("the processor's other news", () => {
  it('an early fraud warning of a payment of ours is told to the operator, of no other', async () => {
    const { intent } = await paidTwenty(room, acme);
    const id = await room.processor.controls.happen('warnOfFraud', { payment_intent: intent });
    await webhook(room, 'radar.early_fraud_warning.created', id);
    await webhook(room, 'radar.early_fraud_warning.created', 'issfr_unknown');
    const notices = await listOperatorNotices(room.deps.db);
    expect(notices.filter(({ kind }) => kind === 'early-fraud-warning')).toMatchObject([
      { subject: intent, company: { id: acme.companyId }, count: 1 },
    ]);
  });

  it('a card that its bank has replaced is known by its new digits and expiry', async () => {
    const [card] = acme.cards;
    const payment_method = card?.pm ?? '';
    await room.processor.controls.happen('replaceCard', { payment_method, last4: '1881', exp_year: 2041 });
    await webhook(room, 'payment_method.automatically_updated', payment_method);
    expect(await room.deps.db.card.findUnique({ where: { processorId: payment_method } })).toMatchObject({
      last4: '1881',
      expYear: 2041,
      needsReplacingAt: null,
    });
    await paidTwenty(room, acme);
    expect(await has()).toEqual({ general: '20.00' });
  });

  it('a card is known by what its bank has changed, be it one thing alone, which the audit has once', async () => {
    const { deps } = room;
    const processorId = acme.cards[0]?.pm ?? '';
    let found = await deps.gateway.findCard(processorId);
    const changes = [
      { brand: 'mastercard' },
      { last4: '1881' },
      { expMonth: found.expMonth === 1 ? 2 : 1 },
      { expYear: found.expYear + 4 },
      { fingerprint: 'another' },
    ];
    for (const change of changes) {
      found = { ...found, ...change };
      const gateway = { ...deps.gateway, findCard: async () => found };
      for (let time = 0; time < 2; time += 1) await followCard({ ...deps, gateway }, processorId);
      expect(await deps.db.card.findUnique({ where: { processorId } })).toMatchObject(change);
    }
    const where = { companyId: acme.companyId, action: 'card-replaced-by-bank' };
    expect(await deps.db.audit.count({ where })).toBe(changes.length);
  });

  it('a card that was detached is charged by nothing any more, and that is told once', async () => {
    const [card] = acme.cards;
    const payment_method = card?.pm ?? '';
    await room.processor.controls.happen('detachCard', { payment_method });
    for (let time = 0; time < 2; time += 1) await webhook(room, 'payment_method.detached', payment_method);
    expect(await room.deps.db.card.findUnique({ where: { processorId: payment_method } })).toMatchObject({
      needsReplacingFor: 'detached',
    });
    expect(await noticesOf(room, acme, 'card')).toMatchObject([{ event: 'detached', last4: '4242' }]);
  });
});
