import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../src/durations.ts';
import { type NewUsage, postUsage } from '../../src/ledger/index.ts';
import { dollars } from '../../src/money.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { createSpendingSweep } from '../../src/usage/index.ts';
import { numberKey } from '../support/number-key.ts';
import { startTestTryOut, type TryOut } from '../support/try-out.ts';

const CHANNEL = '#phone-credits';
let tryOut: TryOut;
let driver: Driver;

beforeAll(async () => {
  tryOut = await startTestTryOut();
  driver = tryOut.sandbox.workspace.driver;
  await turnOnRecharge();
  await spend(12, '5');
});
afterAll(() => tryOut?.close());

/** Calls to Cuba, a minute apart up to now, and all that the sweep does until it woke who judges them. */
async function spend(count: number, cost: string): Promise<void> {
  const { db } = tryOut.app;
  const { clock } = tryOut.sandbox;
  const office = await db.office.findFirstOrThrow({ where: { name: 'San Francisco' } });
  const now = clock.now().getTime();
  const records = Array.from(
    { length: count },
    (_, index): NewUsage => ({
      source: 'api',
      externalId: randomUUID(),
      officeId: office.id,
      departmentId: null,
      memberId: null,
      class: 'calls',
      category: 'international',
      direction: 'outbound',
      externalNumber: '+5371234567',
      internalNumber: '+14155550101',
      usageAt: new Date(now - index * MINUTE_MS),
      durationMs: 60_000,
      billedSeconds: 60,
      quantity: 1,
      cost: dollars(cost),
      price: null,
    }),
  );
  await postUsage(db, { companyId: office.companyId, at: clock.now(), numberKey, records });
  const sweep = createSpendingSweep({ db, clock });
  for (let round = 0; round < 40; round += 1) await sweep();
}

/** Auto-recharge of San Francisco, which waits for a payment, so that it charges nothing meanwhile. */
async function turnOnRecharge(): Promise<void> {
  const { db } = tryOut.app;
  const { companyId, id: officeId } = await db.office.findFirstOrThrow({ where: { name: 'San Francisco' } });
  const { id: walletId } = await db.wallet.findFirstOrThrow({ where: { companyId, officeId } });
  await db.rechargeSetting.create({
    data: {
      companyId,
      walletId,
      officeId,
      isOn: true,
      pausedFor: 'unconfirmed',
      thresholdMicros: 1_000_000n,
      amountMicros: 50_000_000n,
      capMicros: 500_000_000n,
      monthStartsAt: new Date('2026-01-01'),
      monthEndsAt: new Date('2036-01-01'),
      setBy: 'the test',
      setAt: new Date(),
    },
  });
}

const surpriseMessage = (user = 'ana') =>
  driver.eventually(async () => {
    const all = await driver.messages(user, CHANNEL);
    return all.find(({ text }) => text.includes('Unusual: San Francisco')) ?? false;
  });
const click = async (user: string, label: string): Promise<string> => {
  const { ts, conversationId } = await surpriseMessage();
  const before = (await driver.messages(user, CHANNEL)).length;
  await driver.click(user, { kind: 'message', conversationId, ts }, { label });
  const answer = await driver.eventually(async () => {
    const all = await driver.messages(user, CHANNEL);
    return all.length > before && all.at(-1);
  });
  return `${answer.text}\n${visibleText(answer.blocks)}`;
};

describe('unusual spending', () => {
  it('is told in the channel, with what, whose lines and the way on', async () => {
    const message = await surpriseMessage();
    expect(message.text).toMatch(/spent \$60\.00 on calls and texts to Cuba in 12 minutes/);
    expect(message.text).toContain('+14155550101 $60.00');
    for (const label of ['See calls', 'Pause auto-recharge', 'Set a limit', 'This is expected'])
      expect(visibleText(message.blocks)).toContain(label);
  });

  it('has the calls behind it, for who may see them', async () => {
    expect(await click('ana', 'See calls')).toMatch(/12/);
  });

  it('leads to a new limit, and pauses the auto-recharge of its office', async () => {
    const { ts, conversationId } = await surpriseMessage();
    const at = { kind: 'message', conversationId, ts } as const;
    await driver.click('ana', at, { label: 'Set a limit' });
    await driver.eventually(async () => (await driver.views('ana')).at(-1)?.title === 'Add spending limit');
    await driver.close('ana', { all: true });
    expect(await click('ana', 'Pause auto-recharge')).toMatch(/Auto-recharge is paused/);
  });

  it('is no member’s to answer', async () => {
    await click('jo', 'This is expected');
    expect((await surpriseMessage()).text).not.toContain('marked this as expected');
    expect(await tryOut.app.db.surprise.count({ where: { mutedUntil: { not: null } } })).toBe(0);
  });

  it('says in its own message that it is expected, and by whom', async () => {
    expect(await click('ana', 'This is expected')).toContain('unless it triples');
    await driver.eventually(async () => (await surpriseMessage()).text.includes('marked this as expected'));
  });
});
