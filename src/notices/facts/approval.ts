import { z } from 'zod';
import { approvalState, bundlePeriod } from '../../db/index.ts';
import { amount, answerers, closedFor, instant, orderLine, payBy } from './values.ts';

/** What needs a second admin's approval besides a purchase: what it allows to be charged from then on (R9). */
const approvalChange = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('recharge'),
    threshold: amount,
    cap: amount,
    /** Credits are below the threshold already: the yes charges at once. */
    chargesNow: z.boolean(),
  }),
  z.object({ kind: z.literal('bundle'), name: z.string(), period: bundlePeriod }),
  z.object({
    kind: z.literal('bundle_change'),
    name: z.string(),
    period: bundlePeriod,
    from: z.string(),
  }),
  /** Credits of every month, by the operator. */
  z.object({ kind: z.literal('recurring') }),
  /** The company's own limit; null: none any more. */
  z.object({ kind: z.literal('limit'), to: amount.nullable() }),
]);

/** The question to a second admin, and its answer (R9). */
const approval = {
  state: approvalState,
  /** Why it was closed without an answer. */
  closedFor: closedFor.nullable().default(null),
  /** Opaque: what its buttons decide. */
  token: z.string(),
  /** Null: the operator. */
  byUserId: z.string().nullable(),
  scopeLabel: z.string(),
  /** Of a purchase: what it adds to each of its credits. Empty in notices of earlier versions. */
  lines: z.array(orderLine).default([]),
  /** What would be charged, at a time or each period. */
  amount,
  limit: amount,
  /** Null: a purchase. */
  change: approvalChange.nullable().default(null),
  payBy,
  askedAt: instant,
  expiresAt: instant,
  ...answerers,
  /** Null where the operator answered. */
  decidedBy: z.string().nullable(),
  decidedAt: instant.nullable(),
  /** Since when who approved may do so, where that is less than a day. */
  approverSince: instant.nullable().default(null),
  /** The operator's, in their own words. */
  reason: z.string().nullable().default(null),
  timeZone: z.string(),
};

export const approvals = [
  z.object({ kind: z.literal('approval'), ...approval }),
  /** The same to the person who asked. */
  z.object({ kind: z.literal('approval_answer'), ...approval }),
] as const;

export type ApprovalChange = z.infer<typeof approvalChange>;
