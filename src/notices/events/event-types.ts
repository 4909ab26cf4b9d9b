import { z } from 'zod';
import type { Level, UsageClass } from '../../ledger/index.ts';

/** The types of events that phone systems get. */
export const eventType = z.enum([
  'ping',
  'balance.low',
  'balance.exhausted',
  'balance.restored',
  'limit.reached',
]);
export const eventState = z.enum(['pending', 'sent', 'dropped']);

interface Place {
  /** The phone system's own id of the office; null where the credits are shared, or the directory has none. */
  office: string | null;
  /** Null for shared credits. */
  office_name: string | null;
  /** Whether all offices use these credits. */
  is_shared: boolean;
}

/** A crossing of a level; `available` in decimal dollars, below zero where it is overdrawn. */
interface BalanceData extends Place {
  class: UsageClass;
  level: Level;
  available: string;
}

/** A spending limit that was reached; amounts in decimal dollars. */
interface LimitData extends Place {
  scope: 'office' | 'department' | 'member';
  /** The phone system's id of the department or member. */
  id: string | null;
  percent: number;
  spent: string;
  limit: string;
}

export type OutgoingEvent =
  | { type: 'ping'; data: Record<string, never> }
  | { type: 'balance.low' | 'balance.exhausted' | 'balance.restored'; data: BalanceData }
  | { type: 'limit.reached'; data: LimitData };
