import { z } from 'zod';
import { amount, cardName, instant, scope } from './values.ts';

export const bundle = z.object({
  kind: z.literal('bundle'),
  /** The event of one period of a bundle or of recurring credits (R3, R17). */
  event: z.enum([
    'credited',
    'at_bank',
    'to_verify',
    'retry',
    'paused',
    'refused',
    'ended',
    'used',
    'lapsing',
  ]),
  creditKind: z.enum(['general', 'calling', 'ai']),
  name: z.string(),
  scopeLabel: z.string(),
  scope,
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
  /** The card that it was to be paid with. */
  card: cardName.nullable().default(null),
  /** Opaque: what *Verify payment* verifies, and until when. */
  token: z.string().default(''),
  verifyUntil: instant.nullable().default(null),
  at: instant,
  timeZone: z.string(),
});

export type BundleFacts = z.infer<typeof bundle>;
