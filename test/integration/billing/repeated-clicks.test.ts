import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  addBundle,
  answerCheck,
  cancelSubscription,
  chooseDefaultCard,
  chooseFallbackCard,
  claimCard,
  keepSubscription,
  readSubscriptions,
  removeCard,
  resumeSubscription,
} from '../../../src/billing/index.ts';
import { dollars, fromMicros } from '../../../src/money.ts';
import { type BillingRoom, buyReviewed, startBillingRoom } from '../../support/billing-room.ts';
import { putCardOnFile, type TestCompany, testCompany } from '../../support/company.ts';

let room: BillingRoom;
let acme: TestCompany;

beforeAll(async () => {
  room = await startBillingRoom('2026-12-02T18:00:00Z');
});
afterAll(() => room?.close());
beforeEach(async () => {
  acme = await testCompany(room.deps.db);
  await putCardOnFile(room.deps, acme.companyId);
});

const countAudits = (action: string): Promise<number> =>
  room.deps.db.audit.count({ where: { companyId: acme.companyId, action } });

async function addSecondCard(data: object = {}): Promise<bigint> {
  await putCardOnFile(room.deps, acme.companyId, 'pm_card_mastercard');
  const cards = await room.deps.db.card.findMany({
    where: { companyId: acme.companyId },
    orderBy: { id: 'asc' },
  });
  const [first, second] = cards.map(({ id }) => id);
  if (first === undefined || second === undefined) throw new Error('there are two cards');
  await room.deps.db.card.updateMany({ where: { id: second }, data: { isDefault: false, ...data } });
  await room.deps.db.card.updateMany({ where: { id: first }, data: { isDefault: true } });
  return second;
}

describe('a click that is sent again changes and records nothing more', () => {
  it('of the default and of the fallback card', async () => {
    const cardId = await addSecondCard();
    for (let times = 0; times < 2; times += 1) await chooseFallbackCard(room.deps, acme.ana, cardId);
    for (let times = 0; times < 2; times += 1) await chooseDefaultCard(room.deps, acme.ana, cardId);
    expect(await countAudits('card-made-fallback')).toBe(1);
    expect(await countAudits('card-made-default')).toBe(1);
  });

  it('but a card that was exhausted is taken up again, and that is recorded', async () => {
    const cardId = await addSecondCard();
    await chooseDefaultCard(room.deps, acme.ana, cardId);
    const where = { companyId_id: { companyId: acme.companyId, id: cardId } };
    await room.deps.db.card.update({ where, data: { exhaustedAt: room.clock.now() } });
    await chooseDefaultCard(room.deps, acme.ana, cardId);
    expect(await room.deps.db.card.findUniqueOrThrow({ where })).toMatchObject({ exhaustedAt: null });
    expect(await countAudits('card-made-default')).toBe(2);
  });

  it('of a bundle that is cancelled, kept or started again', async () => {
    const at = room.clock.now();
    const terms = { credit: dollars('70'), price: dollars('60'), at };
    const bundle = await addBundle(room.deps.db, {
      name: 'Calling 60',
      kind: 'calling',
      period: 'monthly',
      ...terms,
    });
    const scope = { kind: 'company' } as const;
    await buyReviewed(room.deps, acme.ana, { bundleId: bundle.id, scope, token: randomUUID() });
    await room.work();
    const [{ token } = { token: '' }] = await readSubscriptions(room.deps.db, acme.ana);
    for (const act of [cancelSubscription, keepSubscription])
      for (let times = 0; times < 2; times += 1) await act(room.deps, acme.ana, token);
    await room.deps.db.subscription.update({ where: { token }, data: { state: 'paused' } });
    const [paused] = await readSubscriptions(room.deps.db, acme.ana);
    const shown = { token, mark: paused?.restartMark ?? '' };
    await resumeSubscription(room.deps, acme.ana, shown);
    await expect(resumeSubscription(room.deps, acme.ana, shown)).rejects.toMatchObject({
      code: 'changed-meanwhile',
    });
    for (const action of ['bundle-cancelled', 'bundle-kept', 'bundle-resumed'])
      expect([action, await countAudits(action)]).toEqual([action, 1]);
  });
});

it('the amount of a card that was removed meanwhile confirms nothing', async () => {
  const { db } = room.deps;
  await db.company.update({ where: { id: acme.companyId }, data: { cardCheck: 'every' } });
  const cardId = await addSecondCard({
    claimedAt: null,
    confirmedAt: null,
    addedBy: `${acme.teamId}/UANA`,
  });
  expect(await claimCard(room.deps, acme.ana, cardId)).toBe('asked');
  const check = await db.cardCheck.update({
    where: { token: (await db.cardCheck.findFirstOrThrow({ where: { cardId } })).token },
    data: { state: 'waiting' },
  });
  await removeCard(room.deps, acme.ana, cardId);
  expect(
    await answerCheck(room.deps, acme.ana, check.token, { amount: fromMicros(check.amountMicros) }),
  ).toEqual({
    outcome: 'not-waiting',
  });
  const defaults = await db.card.findMany({ where: { companyId: acme.companyId, isDefault: true } });
  expect(defaults).toMatchObject([{ last4: '4242', removedAt: null }]);
});
