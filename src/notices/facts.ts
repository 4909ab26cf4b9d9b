import { z } from 'zod';

/** What admins set themselves, in the order in which people read it. */
export const SETTING_FIELDS = [
  'channel_any',
  'channel_low_balance',
  'channel_purchases',
  'channel_bundles',
  'channel_billing',
  'alert_calls',
  'alert_ai',
  'approval_limit',
  'time_zone',
  'billing_day',
] as const;
export type SettingField = (typeof SETTING_FIELDS)[number];

/** A decimal amount of dollars, as JSON carries it. */
const amount = z.string().regex(/^-?\d+(\.\d{1,6})?$/);
const instant = z.iso.datetime();

const payBy = z.discriminatedUnion('method', [
  z.object({ method: z.literal('card'), brand: z.string(), last4: z.string() }),
  z.object({ method: z.literal('invoice') }),
]);

/** What a second admin is asked about besides a purchase: what it lets be charged from then on (R9). */
const approvalChange = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('recharge'),
    threshold: amount,
    cap: amount,
    /** Credits are below the threshold already: the yes charges at once. */
    chargesNow: z.boolean(),
  }),
  z.object({ kind: z.literal('bundle'), name: z.string(), period: z.enum(['monthly', 'annual']) }),
  z.object({
    kind: z.literal('bundle_change'),
    name: z.string(),
    period: z.enum(['monthly', 'annual']),
    from: z.string(),
  }),
  /** Credits of every month, by the operator. */
  z.object({ kind: z.literal('recurring') }),
  /** The company's own limit; null: none any more. */
  z.object({ kind: z.literal('limit'), to: amount.nullable() }),
]);

/** The question to a second admin, and its answer (R9). */
const approval = {
  state: z.enum(['open', 'approved', 'declined', 'expired', 'overtaken']),
  /** Opaque: what its buttons decide. */
  token: z.string(),
  /** Null: the operator. */
  byUserId: z.string().nullable(),
  scopeLabel: z.string(),
  /** What would be charged, at a time or each period. */
  amount,
  limit: amount,
  /** Null: a purchase. */
  change: approvalChange.nullable().default(null),
  payBy,
  askedAt: instant,
  expiresAt: instant,
  decidedBy: z.string().nullable(),
  decidedAt: instant.nullable(),
  timeZone: z.string(),
};

/** A request for credits by who may not buy, and its answer. */
const creditRequest = {
  state: z.enum(['open', 'bought', 'dismissed', 'expired']),
  /** Opaque: what its buttons answer. */
  token: z.string(),
  byUserId: z.string(),
  scopeLabel: z.string(),
  /** Null: whoever answers chooses. */
  amount: amount.nullable(),
  /** In the asker's own words. */
  reason: z.string(),
  bought: amount.nullable(),
  answeredBy: z.string().nullable(),
  answeredAt: instant.nullable(),
  askedAt: instant,
  timeZone: z.string(),
};

/**
 * What each kind of notice says, as facts: no sentences, no markup. A surface turns them into words.
 * Amounts are decimal dollars, instants ISO 8601.
 */
export const noticeFacts = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('receipt'),
    /** The office, or the company for shared credits. */
    scopeLabel: z.string(),
    amount,
    balance: amount,
    receipt: z.string(),
    byUserId: z.string(),
    payBy,
    at: instant,
    timeZone: z.string(),
  }),
  z.object({
    kind: z.literal('card'),
    /** How the check of a new card stands (R13). */
    event: z.enum(['to_confirm', 'confirmed', 'locked', 'failed', 'expired']),
    brand: z.string(),
    last4: z.string(),
    byUserId: z.string(),
    /** Opaque: where the answer is given. */
    token: z.string(),
  }),
  z.object({
    kind: z.literal('card_expiring'),
    brand: z.string(),
    last4: z.string(),
    expMonth: z.number(),
    expYear: z.number(),
  }),
  z.object({
    kind: z.literal('low_balance'),
    scopeLabel: z.string(),
    class: z.enum(['calls', 'ai']),
    /** Below the alert level, or nothing left at all. */
    level: z.enum(['low', 'out']),
    /** What is left for the class now. */
    available: amount,
    /** The alert level; null where none is set. */
    alertAt: amount.nullable(),
    /** Opaque: which credits. */
    token: z.string().default(''),
    /** Whether auto-recharge is set for these credits. */
    isRechargeOn: z.boolean().default(false),
    /** Set once the balance is back above the level: the message then tells the whole story. */
    recovered: z.object({ at: instant, balance: amount }).nullable(),
    since: instant,
    timeZone: z.string(),
  }),
  z.object({
    kind: z.literal('recharge'),
    /** How one recharge stands (R11, R14): `failed` is tried again, `given_up` is not, `needless` had no need to be. */
    status: z.enum(['added', 'needs_action', 'failed', 'given_up', 'needless']),
    /** Opaque: where a larger amount is taken. */
    token: z.string(),
    scopeLabel: z.string(),
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
    /** A larger amount, where it fires often (R12). */
    suggested: amount.nullable(),
  }),
  z.object({
    kind: z.literal('recharge_blocked'),
    /** What keeps a recharge from being made; nothing is cut to fit (R11). */
    reason: z.enum(['cap', 'daily', 'exposure', 'no_card']),
    /** Opaque: which credits. */
    token: z.string(),
    scopeLabel: z.string(),
    amount,
    balance: amount,
    limit: amount,
    used: amount,
    /** An instant within the month that the cap counts. */
    at: instant,
    timeZone: z.string(),
    isOver: z.boolean(),
  }),
  z.object({
    kind: z.literal('recharge_settings'),
    byUserId: z.string(),
    scopeLabel: z.string(),
    isOn: z.boolean(),
    threshold: amount,
    amount,
    cap: amount,
    at: instant,
    timeZone: z.string(),
  }),
  z.object({
    kind: z.literal('settings'),
    byUserId: z.string(),
    /** Null: nothing was set, or is any more. Amounts as decimals, channels and zones as their ids. */
    changes: z.array(
      z.object({
        field: z.enum(SETTING_FIELDS),
        /** The office that it is about; null: the company. */
        scopeLabel: z.string().nullable(),
        from: z.string().nullable(),
        to: z.string().nullable(),
      }),
    ),
  }),
  z.object({
    kind: z.literal('dispute'),
    state: z.enum(['open', 'won', 'lost', 'cleared']),
    amount,
    receipt: z.string(),
    at: instant,
    timeZone: z.string(),
  }),
  z.object({
    kind: z.literal('bundle'),
    /** What became of one period of a bundle or of recurring credits (R3, R17). */
    event: z.enum(['credited', 'at_bank', 'retry', 'paused', 'refused', 'ended', 'used', 'lapsing']),
    creditKind: z.enum(['general', 'calling', 'ai']),
    name: z.string(),
    scopeLabel: z.string(),
    credit: amount,
    /** Zero: free. */
    price: amount,
    isFirst: z.boolean(),
    isEnding: z.boolean(),
    endsAt: instant,
    receipt: z.string().nullable(),
    /** Credited: left of the period before. Used and lapsing: left of this one. */
    rest: amount.nullable(),
    percent: z.number().nullable(),
    failure: z.string().nullable(),
    retryAt: instant.nullable(),
    triesLeft: z.number().nullable(),
    /** The bank's page, while a renewal waits there. */
    actionUrl: z.string().nullable().default(null),
    at: instant,
    timeZone: z.string(),
  }),
  z.object({ kind: z.literal('approval'), ...approval }),
  /** The same to whoever asked. */
  z.object({ kind: z.literal('approval_answer'), ...approval }),
  z.object({ kind: z.literal('credit_request'), ...creditRequest }),
  /** The same to whoever asked. */
  z.object({ kind: z.literal('credit_request_answer'), ...creditRequest }),
  z.object({
    kind: z.literal('invoice'),
    state: z.enum(['open', 'overdue', 'paid', 'void']),
    number: z.string(),
    total: amount,
    /** Its credits were given from here to before `closesAt`; null in what was told before this was kept. */
    startsAt: instant.nullable().default(null),
    closesAt: instant.nullable().default(null),
    /** The end of the day it is due. */
    dueAt: instant,
    /** When it was paid, or taken back. */
    resolvedAt: instant.nullable().default(null),
    lines: z.number(),
    /** The lines, or where they are many their sums by description. */
    items: z
      .array(
        z.object({
          description: z.string(),
          /** Whose credits they are; null for shared ones, and in sums. */
          office: z.string().nullable(),
          count: z.number(),
          amount,
          at: instant.nullable(),
          receipt: z.string().nullable(),
        }),
      )
      .default([]),
    /** Where it is paid; null where it is not paid on a page. */
    payUrl: z.string().nullable().default(null),
    /** Somebody tried to pay it there, and could not. */
    hasFailed: z.boolean().default(false),
    /** User ids of the company admins: who knows about it. */
    admins: z.array(z.string()).default([]),
    /** Opaque: the invoice that its button shows. */
    token: z.string(),
    timeZone: z.string(),
  }),
]);

export type ApprovalChange = z.infer<typeof approvalChange>;
export type BundleFacts = Extract<NoticeFacts, { kind: 'bundle' }>;
export type InvoiceFacts = Extract<NoticeFacts, { kind: 'invoice' }>;
export type NoticeFacts = z.infer<typeof noticeFacts>;
export type NoticeKind = NoticeFacts['kind'];
