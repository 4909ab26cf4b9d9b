import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { z } from 'zod';
import {
  advanceOrder,
  type BillingDeps,
  buyBundle,
  createStripeGateway,
  createStripeInvoicing,
  ensureCustomer,
  reviewBundle,
  sweepInvoices,
  sweepSubscriptions,
} from '../../src/billing/index.ts';
import { MovableClock } from '../../src/clock.ts';
import { type NewUsage, postUsage, sweepLedger, type UsageClass } from '../../src/ledger/index.ts';
import { createLogger } from '../../src/log.ts';
import { dollars, type Money } from '../../src/money.ts';
import type { Person, Scope } from '../../src/org/index.ts';
import { type CardProcessor, startCardProcessor } from '../../src/stand-ins/local-processor/index.ts';
import type { TestCompany } from './company.ts';
import { emptyDatabase, freshDatabase, type TestDatabase } from './database.ts';
import { numberKey } from './number-key.ts';
import { testSecrets } from './secrets.ts';

const charges = z.object({ data: z.array(z.object({ amount: z.number(), status: z.string() })) });

/** After this long a call that gets no answer loses its connection; one that is slow, as on a busy machine, is waited for. */
export const SILENCE_MS = 300;
export const PATIENCE_MS = 60_000;

/** Billing over a real database and the card processor's stand-in, on a clock that tests move. */
export interface BillingRoom {
  database: TestDatabase;
  processor: CardProcessor;
  clock: MovableClock;
  deps: BillingDeps;
  /** For asking the processor what it has. */
  secretKey: string;
  /** Changes the processor's own books, around its API. */
  changeBooks(sql: string, ...values: readonly unknown[]): Promise<void>;
  /** What the sweepers and the queue do: everything that is due, and every order that waits. */
  work(): Promise<void>;
  /** What the processor has charged a company's cards in all, as its own books tell it. */
  charged(companyId: bigint): Promise<Money>;
  close(): Promise<void>;
}

export async function startBillingRoom(
  startsAt: string,
  { mirrorsInvoices = false, webhookSecret }: { mirrorsInvoices?: boolean; webhookSecret?: string } = {},
): Promise<BillingRoom> {
  const [database, books] = await Promise.all([freshDatabase(), emptyDatabase()]);
  const base = Date.parse(startsAt);
  const clock = new MovableClock(0, () => base);
  const log = createLogger('silent');
  const secretKey = `sk_test_${randomUUID().replaceAll('-', '')}`;
  const processor = await startCardProcessor({
    ...{ port: 0, database: books.url, secretKey, clock, log },
    silenceMs: SILENCE_MS,
  });
  const stripe = { secretKey, webhookSecret, apiUrl: processor.url, timeoutMs: PATIENCE_MS };
  const gateway = createStripeGateway(stripe);
  const deps = {
    db: database.db,
    clock,
    log,
    gateway,
    secrets: testSecrets,
    ...(mirrorsInvoices ? { invoicing: createStripeInvoicing(stripe) } : {}),
    publicUrl: 'http://127.0.0.1:1',
  };
  return {
    database,
    processor,
    clock,
    deps,
    secretKey,
    async changeBooks(sql, ...values) {
      const client = new pg.Client({ connectionString: books.url });
      await client.connect();
      await client.query(sql, [...values]).finally(() => client.end());
    },
    async work() {
      await sweepSubscriptions(deps);
      const open = await database.db.purchaseOrder.findMany({
        where: { state: { in: ['confirmed', 'charging', 'unknown'] } },
      });
      for (const { companyId, id } of open) await advanceOrder(deps, { companyId, orderId: id });
      await sweepLedger(deps);
      await sweepInvoices(deps);
    },
    async charged(companyId) {
      const customer = await ensureCustomer(deps, companyId);
      const answer = await fetch(`${processor.url}/v1/charges?limit=100&customer=${customer}`, {
        headers: { authorization: `Bearer ${secretKey}` },
      });
      const { data } = charges.parse(await answer.json());
      return data
        .filter(({ status }) => status === 'succeeded')
        .reduce((sum, { amount }) => sum.plus(dollars(`${amount}`).dividedBy(100)), dollars('0'));
    },
    async close() {
      await processor.close();
      await Promise.all([database.close(), books.close()]);
    },
  };
}

/** A call, or an AI conversation, that costs so much, now. */
export async function spend(
  { deps, clock }: Pick<BillingRoom, 'deps' | 'clock'>,
  company: TestCompany,
  amount: string,
  usageClass: UsageClass = 'calls',
): Promise<void> {
  const at = clock.now();
  const record = { ...callOf(company, amount, usageClass), usageAt: at };
  await postUsage(deps.db, { numberKey, companyId: company.companyId, at, records: [record] });
}

/** A usage of the company's primary office that costs so much, but when. */
export function callOf(
  { officeIds }: TestCompany,
  amount: string,
  usageClass: UsageClass = 'calls',
): Omit<NewUsage, 'usageAt'> {
  return {
    source: 'api',
    externalId: randomUUID(),
    officeId: officeIds[0],
    departmentId: null,
    memberId: null,
    class: usageClass,
    category: usageClass === 'ai' ? 'ai_conversation' : 'international',
    direction: 'outbound',
    externalNumber: null,
    internalNumber: null,
    durationMs: 60_000,
    billedSeconds: 60,
    quantity: 1,
    cost: dollars(amount),
    price: null,
  };
}

/** Buys a bundle as its review shows it, reviewed again where another one was bought meanwhile. */
export async function buyReviewed(
  deps: BillingDeps,
  person: Person,
  choice: { bundleId: bigint; scope: Scope; token: string },
): ReturnType<typeof buyBundle> {
  const { mark } = await reviewBundle(deps, person, choice);
  let done = await buyBundle(deps, person, { ...choice, mark });
  while (done.outcome === 'review-again')
    done = await buyBundle(deps, person, { ...choice, mark: done.review.mark });
  return done;
}
