import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { DeckRow } from '../../rating/index.ts';

/** A deck's rows as the database keeps them. */
export const deckRows = z.array(
  z.object({
    kind: z.enum(['call', 'local', 'toll_free', 'sms', 'mms', 'fax', 'ai_conversation']),
    licence: z.enum(['talk', 'support', 'sell']).nullable(),
    direction: z.enum(['inbound', 'outbound']).nullable(),
    origin: z.string().nullable(),
    prefix: z.string(),
    destination: z.string(),
    rate: z.string(),
    firstSeconds: z.number().int(),
    nextSeconds: z.number().int(),
    fee: z.string(),
    isBlocked: z.boolean().default(false),
  }),
);

/** The same for the same rows in the same order, and for nothing else. */
export function digestOf(rows: readonly DeckRow[]): string {
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}
