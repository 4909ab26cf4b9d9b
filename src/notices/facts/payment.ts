import { z } from 'zod';
import { amount, cardName, instant, orderLine, pauseEnd, payBy } from './values.ts';

export const receipt = z.object({
  kind: z.literal('receipt'),
  amount,
  /** What it added to each office's credits, or to the shared ones, and what these came to. */
  lines: z.array(orderLine.extend({ balance: amount })).min(1),
  receipt: z.string(),
  byUserId: z.string(),
  payBy,
  at: instant,
  timeZone: z.string(),
});

export const card = z.object({
  kind: z.literal('card'),
  /** How the check of a new card stands (R13); `detached`: the processor has the card no more. */
  event: z.enum(['to_confirm', 'confirmed', 'locked', 'failed', 'expired', 'detached']),
  brand: z.string(),
  last4: z.string(),
  byUserId: z.string(),
  /** Opaque: where the answer is given. */
  token: z.string(),
  /** Why it was declined. */
  failureCode: z.string().nullable().default(null),
  /** The credits, by name, whose auto-recharge waits for a card; where the check failed. */
  waiting: z.array(z.string()).default([]),
});

export const cardExpiring = z.object({
  kind: z.literal('card_expiring'),
  brand: z.string(),
  last4: z.string(),
  expMonth: z.number(),
  expYear: z.number(),
});

export const dispute = z.object({
  kind: z.literal('dispute'),
  /** `inquiry`: a bank only asks; `closed`: it asks no more. */
  state: z.enum(['inquiry', 'open', 'won', 'lost', 'closed', 'cleared']),
  amount,
  /** Of a payment of credits; empty for one of an invoice. */
  receipt: z.string(),
  /** Of a payment of this invoice, which pauses nothing and takes no credits back. */
  invoice: z.string().nullable().default(null),
  at: instant,
  timeZone: z.string(),
});

export const refund = z.object({
  kind: z.literal('refund'),
  /** `returned`: it did not arrive, and the credits are back. */
  state: z.enum(['refunded', 'returned']),
  amount,
  /** Of what payment. */
  paid: amount,
  receipt: z.string(),
  /** The refund's own receipt; empty in notices of earlier versions. */
  ownReceipt: z.string().default(''),
  card: cardName.nullable(),
  /** How much of the credits it took. */
  taken: amount,
  scopeLabel: z.string(),
  /** Whose auto-recharge it paused; null: none. */
  pausedToken: z.string().nullable(),
  /** That pause is over. */
  pauseEnd,
  at: instant,
  timeZone: z.string(),
});

export const paymentUnconfirmed = z.object({
  kind: z.literal('payment_unconfirmed'),
  /** Whether it was charged is not known after a day: still, or how it ended; `unconfirmed`: it never was known. */
  state: z.enum(['checking', 'paid', 'not_paid', 'unconfirmed']),
  pausesRecharge: z.boolean(),
  amount,
  /** Of which purchase. */
  reference: z.string(),
  card: cardName.nullable(),
  scopeLabel: z.string(),
  at: instant,
  timeZone: z.string(),
});

/** Why a payment that came through late is not credited: its order was a week old, or something took its place. */
export const lateRefundReason = z.enum(['too_late', 'replaced']);
export type LateRefundReason = z.infer<typeof lateRefundReason>;

export const lateRefund = z.object({
  kind: z.literal('late_refund'),
  reason: lateRefundReason,
  amount,
  /** Of which purchase. */
  reference: z.string(),
  card: cardName.nullable(),
  scopeLabel: z.string(),
  at: instant,
  timeZone: z.string(),
});
