import { z } from 'zod';
import { amount, cardName, instant, pauseEnd, scope } from './values.ts';

export const recharge = z.object({
  kind: z.literal('recharge'),
  /**
   * How one recharge stands (R11, R14): `failed` is tried again, `given_up` is not, `needless` had no need to be,
   * `over_limit` no room in the limit of 24 hours, `dropped` ended as credit sharing was changed. `to_verify`: its bank wants a person to verify it. `refused`: the
   * processor takes no requests, which is not the bank's doing.
   */
  status: z.enum([
    'added',
    'needs_action',
    'to_verify',
    'failed',
    'refused',
    'given_up',
    'needless',
    'dropped',
    'over_limit',
  ]),
  card: cardName.nullable().default(null),
  verifyUntil: instant.nullable().default(null),
  /** Opaque: where a larger amount is taken. */
  token: z.string(),
  scopeLabel: z.string(),
  scope,
  amount,
  balance: amount,
  /** Since when credits were below the threshold. */
  since: instant,
  at: instant,
  timeZone: z.string(),
  receipt: z.string().nullable(),
  failureCode: z.string().nullable(),
  nextTryAt: instant.nullable(),
  triesLeft: z.number(),
  /** Why it is not tried again: its tries are used up, or auto-recharge is off by now. */
  isOff: z.boolean(),
  actionUrl: z.string().nullable(),
  /** Auto-recharge was paused with it, and is not any more. */
  pauseEnd,
  /** A larger amount, where it fires often (R12). */
  suggested: amount.nullable(),
});

export const rechargeBlocked = z.object({
  kind: z.literal('recharge_blocked'),
  /** What keeps a recharge from being made; nothing is cut to fit (R11). */
  reason: z.enum(['cap', 'daily', 'exposure', 'no_card']),
  /** Opaque: which credits. */
  token: z.string(),
  scopeLabel: z.string(),
  scope,
  amount,
  balance: amount,
  limit: amount,
  used: amount,
  /** An instant within the month that the cap counts. */
  at: instant,
  timeZone: z.string(),
  isOver: z.boolean(),
});

export const rechargeSettings = z.object({
  kind: z.literal('recharge_settings'),
  byUserId: z.string(),
  scopeLabel: z.string(),
  isOn: z.boolean(),
  threshold: amount,
  amount,
  cap: amount,
  at: instant,
  timeZone: z.string(),
});
