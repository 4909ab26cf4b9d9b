import { z } from 'zod';
import { balanceLevel } from '../../db/index.ts';
import { amount, instant, scope } from './values.ts';

export const lowBalance = z.object({
  kind: z.literal('low_balance'),
  scopeLabel: z.string(),
  scope,
  class: z.enum(['calls', 'ai']),
  /** Below the alert level, or nothing left at all. */
  level: balanceLevel,
  /** What is left for the class now. */
  available: amount,
  /** The alert level; null where none is set. */
  alertAt: amount.nullable(),
  /** Opaque: which credits. */
  token: z.string().default(''),
  /** Whether auto-recharge is set for these credits. */
  isRechargeOn: z.boolean().default(false),
  /** The purchase that brings it back above its level, where nothing is left; null: none is offered. */
  toAdd: amount.nullable().default(null),
  /** Whether the phone system stops what cannot be paid; else usage is only reported, and goes on. */
  isEnforced: z.boolean().optional(),
  /** Set once the balance is back above the level: the message then covers both. */
  recovered: z.object({ at: instant, balance: amount }).nullable(),
  since: instant,
  timeZone: z.string(),
});
