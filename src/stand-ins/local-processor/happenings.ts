import { z } from 'zod';
import { changeRefund } from './api/change-refund.ts';
import { changeDispute, recordDispute } from './api/disputes.ts';
import { recordEarlyFraudWarning } from './api/early-fraud-warnings.ts';
import { detach } from './api/payment-methods.ts';
import { createRefund } from './api/refunds.ts';
import type { Stored } from './books.ts';
import type { Call } from './endpoint.ts';
import { noSuch } from './errors.ts';
import { OBJECT_KINDS } from './ids.ts';
import { DISPUTE_STATUSES, REFUND_FAILURES } from './money-back.ts';
import type { Kind } from './objects.ts';
import type { Processor } from './processor.ts';
import { recordEvent } from './record-event.ts';

const cents = z.int().min(1).optional();

/**
 * What banks, card networks and the seller's own people do at the processor while nobody asks its API. Each answers the id
 * of what it was about.
 */
const HAPPENINGS = {
  /** A holder, or their bank, disputes what an intent charged, or only asks about it. */
  openDispute: happening(
    z.strictObject({
      payment_intent: z.string(),
      amount: cents,
      status: z.enum(['warning_needs_response', 'needs_response', 'prevented']).optional(),
    }),
    async (call, { payment_intent, amount, status }) =>
      await recordDispute(call, await lockPaid(call, payment_intent), { amount, status }),
  ),
  /** A dispute, or an inquiry, goes on or is decided. */
  changeDispute: happening(
    z.strictObject({ dispute: z.string(), status: z.enum(DISPUTE_STATUSES) }),
    async (call, { dispute, status }) =>
      await changeDispute(call, (await lock(call, 'dispute', dispute)).body, status),
  ),
  /** Somebody refunds a payment in the dashboard. */
  refundInDashboard: happening(
    z.strictObject({ payment_intent: z.string(), amount: cents }),
    async (call, params) => await createRefund(call, params),
  ),
  /** A refund on its way arrives, or comes back. */
  changeRefund: happening(
    z.strictObject({
      refund: z.string(),
      status: z.enum(['pending', 'succeeded', 'failed', 'canceled']),
      failure_reason: z.enum(REFUND_FAILURES).optional(),
    }),
    async (call, { refund, status, failure_reason }) =>
      await changeRefund(call, (await lock(call, 'refund', refund)).body, {
        status,
        failureReason: failure_reason,
      }),
  ),
  /** A card network warns that a charge may be fraud. */
  warnOfFraud: happening(
    z.strictObject({ payment_intent: z.string() }),
    async (call, { payment_intent }) =>
      await recordEarlyFraudWarning(call, await lockPaid(call, payment_intent)),
  ),
  /** A bank replaces a card, and its network says so (`PaymentMethodAutomaticallyUpdatedEvent`). */
  replaceCard: happening(
    z.strictObject({
      payment_method: z.string(),
      last4: z
        .string()
        .regex(/^\d{4}$/)
        .optional(),
      brand: z.string().optional(),
      exp_month: z.int().min(1).max(12).optional(),
      exp_year: z.int().min(2000).optional(),
    }),
    async (call, { payment_method, ...change }) => {
      const { body } = await lock(call, 'payment_method', payment_method);
      const before = body.card;
      body.card = {
        ...before,
        brand: change.brand ?? before.brand,
        last4: change.last4 ?? before.last4,
        exp_month: change.exp_month ?? before.exp_month,
        exp_year: change.exp_year ?? before.exp_year,
        fingerprint: `${before.fingerprint.slice(0, 15)}R`,
      };
      await call.tx.save('payment_method', body);
      await recordEvent(call, 'payment_method.automatically_updated', body, { card: before });
      return body;
    },
  ),
  /** Somebody removes a card in the dashboard. */
  detachCard: happening(
    z.strictObject({ payment_method: z.string() }),
    async (call, { payment_method }) =>
      await detach(call, (await lock(call, 'payment_method', payment_method)).body),
  ),
};

interface Happening<B> {
  body: z.ZodType<B>;
  run(call: Call<unknown>, body: B): Promise<{ id: string }>;
}

function happening<S extends z.ZodType>(
  body: S,
  run: (call: Call<unknown>, body: z.output<S>) => Promise<{ id: string }>,
): Happening<z.output<S>> {
  return { body: body as unknown as z.ZodType<z.output<S>>, run };
}

type BodyOf<H> = H extends Happening<infer B> ? B : never;

/** Lets something happen, e.g. `happen('openDispute', { payment_intent })`; answers the id of what it is about. */
export type Happen = <N extends Name>(name: N, body: BodyOf<(typeof HAPPENINGS)[N]>) => Promise<string>;

type Name = keyof typeof HAPPENINGS;
export const HAPPENING_NAMES = Object.keys(HAPPENINGS) as [Name, ...Name[]];

/** What happens at this processor; `wake` is called once it is recorded. */
export function happenAt(processor: Processor, wake: () => void): Happen {
  return async (name, body) => {
    const { body: schema, run } = HAPPENINGS[name] as Happening<unknown>;
    const parsed = schema.parse(body);
    const { id } = await processor.books.transaction((tx) => run(processor.callIn(tx), parsed));
    wake();
    return id;
  };
}

async function lock<K extends Kind>(call: Call<unknown>, kind: K, id: string): Promise<Stored<K>> {
  const found = await call.tx.lock(kind, id);
  if (found === undefined) throw noSuch(OBJECT_KINDS[kind].words, id, kind, 400);
  return found;
}

/** The charge of an intent, locked. Throws where nothing was charged. */
async function lockPaid(call: Call<unknown>, intentId: string) {
  const intent = await call.tx.find('payment_intent', intentId);
  const charge = await call.tx.lock('charge', intent?.body.latest_charge ?? '');
  if (charge === undefined || !charge.body.paid) throw noSuch('charge', intentId, 'payment_intent', 400);
  return charge.body;
}

/** What the holder of a card could do now: the dispute that waits for its end, and the last charge to dispute. */
export async function readDisputable(
  processor: Processor,
): Promise<{ disputeId: string | null; intentId: string | null }> {
  return await processor.books.transaction(async (tx) => {
    const newest = { where: {}, limit: 50 };
    const open = (await tx.list('dispute', newest)).find(({ status }) => status === 'needs_response');
    const charge = (await tx.list('charge', newest)).find(
      ({ paid, disputed, refunded }) => paid && !disputed && !refunded,
    );
    return { disputeId: open?.id ?? null, intentId: charge?.payment_intent ?? null };
  });
}
