import { z } from 'zod';
import { GatewayUnknownError, type PaymentGateway } from '../../src/billing/gateway.ts';
import {
  advanceOrder,
  type BillingDeps,
  readOrder,
  retryPurchase,
  sweepOrders,
} from '../../src/billing/index.ts';
import type { BillingRoom } from './billing-room.ts';
import type { TestCompany } from './company.ts';

const intentList = z.object({ data: z.array(z.object({ id: z.string(), status: z.string() })) });
const chargeList = z.object({ data: z.array(z.object({ status: z.string() })) });

/** Takes orders through their steps, and asks the processor itself what came of them. */
export interface OrderDesk {
  /** Asks the processor's API; with `params` it is a POST. */
  ask(path: string, params?: Record<string, string>): Promise<unknown>;
  /** The company's intents at the processor, the oldest first. */
  intentsOf(company: TestCompany): Promise<{ id: string; status: string }[]>;
  /** Their statuses. */
  statusesOf(company: TestCompany): Promise<string[]>;
  /** How many charges of the company's have succeeded. */
  countPaid(company: TestCompany): Promise<number>;
  /** Sweeps, and takes the next step of every order of the company's that has one. */
  work(company: TestCompany, deps?: BillingDeps): Promise<void>;
  orderOf(token: string): ReturnType<BillingDeps['db']['purchaseOrder']['findUniqueOrThrow']>;
  /** A click on *Try again*. */
  retry(company: TestCompany, token: string): Promise<void>;
  /** Billing whose calls to the processor are others. */
  withGateway(change: Partial<PaymentGateway>): BillingDeps;
}

export function openOrderDesk(room: BillingRoom): OrderDesk {
  const { db } = room.deps;
  const ask: OrderDesk['ask'] = async (path, params) => {
    const answer = await fetch(`${room.processor.url}/v1/${path}`, {
      method: params === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${room.secretKey}` },
      ...(params === undefined ? {} : { body: new URLSearchParams(params) }),
    });
    return await answer.json();
  };
  const listOf = async (
    path: 'payment_intents' | 'charges',
    { companyId }: TestCompany,
  ): Promise<unknown> => {
    const customer = await db.processorCustomer.findUniqueOrThrow({ where: { companyId } });
    return await ask(`${path}?limit=100&customer=${customer.customerId}`);
  };
  const intentsOf: OrderDesk['intentsOf'] = async (company) =>
    intentList.parse(await listOf('payment_intents', company)).data.toReversed();
  return {
    ask,
    intentsOf,
    statusesOf: async (company) => (await intentsOf(company)).map(({ status }) => status),
    async countPaid(company) {
      const { data } = chargeList.parse(await listOf('charges', company));
      return data.filter(({ status }) => status === 'succeeded').length;
    },
    async work({ companyId }, deps = room.deps) {
      for (let round = 0; round < 3; round += 1) {
        await sweepOrders(deps);
        const jobs = await db.$queryRaw<{ orderId: string }[]>`
          DELETE FROM graphile_worker._private_jobs AS job USING graphile_worker._private_tasks AS task
          WHERE task.id = job.task_id AND task.identifier = 'advance-order' AND job.payload->>'companyId' = ${companyId.toString()}
          RETURNING job.payload->>'orderId' AS "orderId"`;
        // Nothing has changed since the sweep, on a clock that stands: another one would find nothing either.
        if (jobs.length === 0) return;
        for (const { orderId } of jobs) await advanceOrder(deps, { companyId, orderId: BigInt(orderId) });
      }
    },
    orderOf: (token) => db.purchaseOrder.findUniqueOrThrow({ where: { token } }),
    async retry({ ana }, token) {
      await retryPurchase(room.deps, ana, await readOrder(room.deps, ana, token), { viewId: 'V' });
    },
    withGateway: (change) => ({ ...room.deps, gateway: { ...room.deps.gateway, ...change } }),
  };
}

/** A call to the processor that gets no answer. */
export const unanswered = (): Promise<never> => Promise.reject(new GatewayUnknownError('no answer'));
