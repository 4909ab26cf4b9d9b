import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import {
  advanceOrder,
  type BillingDeps,
  causeChecks,
  createStripeGateway,
  readVerification,
  verifyPayment,
} from '../../src/billing/index.ts';
import { systemClock } from '../../src/clock.ts';
import { verifyLedger } from '../../src/ledger/index.ts';
import { createLogger } from '../../src/log.ts';
import { enqueue } from '../../src/queue/index.ts';
import { type CardProcessor, startCardProcessor } from '../../src/stand-ins/local-processor/index.ts';
import { type CardedCompany, cardedCompany, rechargeEmptyWallet } from '../support/carded-company.ts';
import { emptyDatabase, freshDatabase, type TestDatabase } from '../support/database.ts';
import { testSecrets } from '../support/secrets.ts';
import { type Held, holdRequests, type Moment } from './verification/hold-requests.ts';

const SECRET_KEY = 'sk_test_verify';
const log = createLogger('silent');
const intentList = z.object({ data: z.array(z.object({ status: z.string() })) });

/** Where each payment stands at the kill; the last three have been to the bank before. */
const STEPS = [
  'claimed, its job not begun',
  'create-asked',
  'create-answered',
  'confirm-asked',
  'confirm-answered',
  'look-asked',
  'look-answered',
  'refused at the bank',
] as const;
type Step = (typeof STEPS)[number];
const AT_BANK: readonly Step[] = ['look-asked', 'look-answered', 'refused at the bank'];

let database: TestDatabase;
let books: Awaited<ReturnType<typeof emptyDatabase>>;
let processor: CardProcessor;
let between: Held;
let deps: BillingDeps;
let child: ChildProcess;

beforeAll(async () => {
  [database, books] = await Promise.all([freshDatabase(), emptyDatabase()]);
  processor = await startCardProcessor({
    port: 0,
    database: books.url,
    secretKey: SECRET_KEY,
    clock: systemClock,
    log,
  });
  between = await holdRequests(processor.url);
  const gateway = createStripeGateway({
    secretKey: SECRET_KEY,
    webhookSecret: undefined,
    apiUrl: processor.url,
  });
  deps = {
    db: database.db,
    clock: systemClock,
    log,
    gateway,
    secrets: testSecrets,
    publicUrl: 'http://127.0.0.1:1',
  };
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await between?.close();
  await processor?.close();
  await Promise.all([database?.close(), books?.close()]);
});

async function startCharging(): Promise<void> {
  const program = path.resolve('test/faults/verification/orders-process.ts');
  child = spawn(process.execPath, ['--import', 'tsx', program, database.url, between.url, SECRET_KEY], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.stdout !== null) await once(child.stdout, 'data');
}

async function killCharging(): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(50)) if (await condition()) return;
  throw new Error(`did not happen: ${what}`);
}

interface Payment {
  step: Step;
  company: CardedCompany;
  order: { id: bigint; token: string };
}

/** A recharge whose bank wants its holder, told so. */
async function waiting(step: Step): Promise<Payment> {
  const company = await cardedCompany({ deps }, 'pm_card_visa');
  await processor.controls.setBank(company.cards[0]?.pm ?? '', { asksHolder: true });
  await rechargeEmptyWallet({ deps }, company);
  const { companyId } = company;
  const order = await deps.db.purchaseOrder.findFirstOrThrow({ where: { companyId } });
  await advanceOrder(deps, { companyId, orderId: order.id });
  return { step, company, order };
}

const click = ({ company, order }: Payment) => verifyPayment(deps, company.ana, order.token);
const stateOf = async ({ company, order }: Payment) =>
  (await readVerification(deps, company.ana, order.token)).state;

async function answerBank({ company, order }: Payment, decision: 'approve' | 'refuse'): Promise<void> {
  const { actionUrl } = await readVerification(deps, company.ana, order.token);
  const secret = new URL(actionUrl ?? '').searchParams.get('client_secret') ?? '';
  await fetch(actionUrl ?? '', {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ client_secret: secret, decision }),
  });
}

/** Has the order looked at, as the processor's webhook does. */
async function tell({ company: { companyId }, order }: Payment): Promise<void> {
  const options = { queue: `company:${companyId}`, key: `${companyId}:${order.id}` };
  await enqueue(deps.db, 'advance-order', { companyId, orderId: order.id }, options);
}

async function intentsOf({ company: { companyId } }: Payment): Promise<string[]> {
  const { customerId } = await deps.db.processorCustomer.findUniqueOrThrow({ where: { companyId } });
  const answer = await fetch(`${processor.url}/v1/payment_intents?limit=100&customer=${customerId}`, {
    headers: { authorization: `Bearer ${SECRET_KEY}` },
  });
  return intentList
    .parse(await answer.json())
    .data.map(({ status }) => status)
    .toSorted();
}

async function creditsOf({ company: { companyId } }: Payment): Promise<bigint[]> {
  const grants = await deps.db.creditGrant.findMany({ where: { companyId } });
  return grants.map(({ amountMicros }) => amountMicros);
}

it('Verify payment, its app killed with -9 at any step from the click to the credit, is one charge and one credit, or none', async () => {
  const payments = await Promise.all(STEPS.map(waiting));
  // What setting them up has put there: the clicks below are the first that is to be worked.
  await database.db.$executeRaw`DELETE FROM graphile_worker._private_jobs`;
  const byStep = (step: Step): Payment => payments[STEPS.indexOf(step)] as Payment;
  const atBank = payments.filter(({ step }) => AT_BANK.includes(step));
  await startCharging();

  // Three go to their banks, and one of these is refused there, before the app looks again.
  await Promise.all(atBank.map(click));
  for (const payment of atBank)
    await until(async () => (await stateOf(payment)) === 'at_bank', `${payment.step}: at the bank`);
  const held = payments.filter(({ step }) => /-(asked|answered)$/.test(step));
  for (const { step, company, order } of held)
    between.hold(`${company.companyId}/${order.id}`, step as Moment);
  const refused = byStep('refused at the bank');
  between.hold(`${refused.company.companyId}/${refused.order.id}`, 'look-asked');
  for (const payment of atBank) await answerBank(payment, payment === refused ? 'refuse' : 'approve');
  await Promise.all(atBank.map(tell));
  await Promise.all(held.filter((payment) => !atBank.includes(payment)).map(click));
  await until(() => between.held().length === held.length + 1, 'each payment at its step');

  await killCharging();
  between.letGo();
  await click(byStep('claimed, its job not begun'));
  // Nobody has heard what came of the click, so everybody clicks again.
  const again = await Promise.all(payments.map(click));
  expect(again).toEqual(payments.map(() => 'started'));
  for (const payment of payments) expect(await creditsOf(payment)).toEqual([]);

  await startCharging();
  for (const payment of payments.filter((each) => !atBank.includes(each))) {
    await until(async () => (await stateOf(payment)) === 'at_bank', `${payment.step}: at the bank`);
    expect([payment.step, await intentsOf(payment)]).toEqual([payment.step, ['canceled', 'requires_action']]);
    await answerBank(payment, 'approve');
    await tell(payment);
  }
  for (const payment of payments) {
    const isRefused = payment === refused;
    const end = isRefused ? 'waiting' : 'paid';
    await until(async () => (await stateOf(payment)) === end, `${payment.step}: ${end}`);
    const left = isRefused ? ['canceled', 'canceled'] : ['canceled', 'succeeded'];
    await until(async () => (await intentsOf(payment)).join() === left.join(), `${payment.step}: ${left}`);
    expect([payment.step, await creditsOf(payment)]).toEqual([payment.step, isRefused ? [] : [50_000_000n]]);
  }
  const findings: unknown[] = [];
  await verifyLedger(deps.db, { checks: causeChecks, onFinding: (finding) => findings.push(finding) });
  expect(findings).toEqual([]);
});
