import { z } from 'zod';
import { invoiceState } from '../../db/index.ts';
import { amount, instant } from './values.ts';

export const invoice = z.object({
  kind: z.literal('invoice'),
  state: invoiceState,
  number: z.string(),
  total: amount,
  /** What is owed again because its payment was given back; null where none was, or that is paid. */
  owedAgain: amount.nullable().default(null),
  /** Its credits were given from here to before `closesAt`; null in older notices. */
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
});

export type InvoiceFacts = z.infer<typeof invoice>;
