import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { advanceOrder, causeChecks, handleWebhook } from '../../src/billing/index.ts';
import { HOUR_MS } from '../../src/durations.ts';
import { type Finding, readBalance, verifyLedger } from '../../src/ledger/index.ts';
import { signWebhook } from '../../src/stand-ins/local-processor/webhooks.ts';
import { type BillingRoom, startBillingRoom } from './billing-room.ts';
import { buyTwenty } from './carded-company.ts';
import type { TestCompany } from './company.ts';
import { type RefillRun, runRefill } from './run-refill.ts';

const WEBHOOK_SECRET = 'whsec_money_back';

/** A billing room whose processor is believed. */
export const startMoneyBackRoom = (): Promise<BillingRoom> =>
  startBillingRoom('2027-03-02T09:00:00Z', { webhookSecret: WEBHOOK_SECRET });

/** A webhook of the processor's about an object, as it would come over the wire. */
export async function webhook({ deps }: BillingRoom, type: string, id: string): Promise<void> {
  const body = JSON.stringify({ id: `evt_${randomUUID()}`, object: 'event', type, data: { object: { id } } });
  await handleWebhook(deps, Buffer.from(body), signWebhook(body, WEBHOOK_SECRET, Date.now()));
}

/** What `refill verify` finds wrong. */
export async function findings({ deps }: BillingRoom): Promise<Finding[]> {
  const found: Finding[] = [];
  await verifyLedger(deps.db, { checks: causeChecks, onFinding: (finding) => found.push(finding) });
  return found;
}

/** Closes a room, once `refill verify` finds nothing wrong in what its tests left. */
export async function closeSound(room: BillingRoom | undefined): Promise<void> {
  try {
    if (room !== undefined) expect(await findings(room)).toEqual([]);
  } finally {
    await room?.close();
  }
}

/** Buys $20 on the card on file, paid and credited; answers the order's id and its payment's intent. */
export async function paidTwenty(
  room: BillingRoom,
  company: TestCompany,
): Promise<{ orderId: bigint; intent: string }> {
  // The same again within minutes would be asked about.
  room.clock.advance(HOUR_MS);
  const token = await buyTwenty(room, company);
  const { id: orderId } = await room.deps.db.purchaseOrder.findUniqueOrThrow({ where: { token } });
  await advanceOrder(room.deps, { companyId: company.companyId, orderId });
  return { orderId, intent: await intentOf(room, company, orderId) };
}

/** The intent of an order's one payment. */
export async function intentOf(
  { deps }: BillingRoom,
  { companyId }: TestCompany,
  orderId: bigint,
): Promise<string> {
  const { intentId } = await deps.db.paymentAttempt.findFirstOrThrow({ where: { companyId, orderId } });
  return intentId ?? '';
}

/** What a company has and owes in all, in dollars; what is nothing is left out. */
export async function standing(
  { deps, clock }: BillingRoom,
  { companyId }: TestCompany,
): Promise<Record<string, string>> {
  const { wallets } = await readBalance(deps.db, companyId, clock.now());
  const sums = new Map<string, number>();
  for (const { general, calling, ai, debt } of wallets)
    for (const [name, amount] of Object.entries({ general, calling, ai, owed: debt.calls, owedAi: debt.ai }))
      sums.set(name, (sums.get(name) ?? 0) + amount.toNumber());
  return Object.fromEntries(
    [...sums].filter(([, amount]) => amount !== 0).map(([name, amount]) => [name, amount.toFixed(2)]),
  );
}

/** The notices of a kind that a company got, as facts. */
export async function noticesOf(
  { deps }: BillingRoom,
  { companyId }: TestCompany,
  kind: string,
): Promise<unknown[]> {
  const rows = await deps.db.notice.findMany({ where: { companyId, kind }, orderBy: { id: 'asc' } });
  return rows.map(({ facts }) => facts);
}

/** Runs `refill …` as anna against a room's database and card processor. */
export async function refillIn(room: BillingRoom, ...args: string[]): Promise<RefillRun> {
  const env = {
    DATABASE_URL: room.database.url,
    REFILL_SECRET_KEY: 'the tests guard no secrets',
    SLACK_BOT_TOKEN: 'xoxb-not-used',
    SLACK_SIGNING_SECRET: 'not-used-by-the-command-line',
    SLACK_API_URL: 'http://127.0.0.1:1',
    STRIPE_SECRET_KEY: room.secretKey,
    STRIPE_API_URL: room.processor.url,
  };
  return await runRefill([...args, '--as', 'anna'], env, { clock: room.clock });
}
