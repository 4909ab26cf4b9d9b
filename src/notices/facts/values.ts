import { z } from 'zod';

/** A decimal amount of dollars, as JSON carries it. */
export const amount = z.string().regex(/^-?\d+(\.\d{1,6})?$/);
export const instant = z.iso.datetime();

/** A card as people know it. */
export const cardName = z.object({ brand: z.string(), last4: z.string() });

export const payBy = z.discriminatedUnion('method', [
  z.object({ method: z.literal('card'), brand: z.string(), last4: z.string() }),
  z.object({ method: z.literal('invoice') }),
]);
