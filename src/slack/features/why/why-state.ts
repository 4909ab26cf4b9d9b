import { z } from 'zod';
import type { LineCursor } from '../../../ledger/index.ts';
import { decodeScope, encodeScope, type Scope } from '../../../org/index.ts';

export const WHY_PERIODS = ['today', 'week', 'month', 'last-month'] as const;
export type WhyPeriod = (typeof WHY_PERIODS)[number];

/** What the modal shows: whose balance, of when; day by day, or each entry of one day. */
export interface WhyState {
  scope: Scope;
  period: WhyPeriod;
  page: { of: 'days'; after: LineCursor | null } | { of: 'day'; day: string; after: bigint | null };
}

const day = z.iso.date();
const seq = z.string().regex(/^\d{1,18}$/);
const stored = z.object({
  s: z.string().regex(/^(company|office:\d{1,18})$/),
  p: z.enum(WHY_PERIODS),
  /** The day whose entries are shown. */
  d: day.optional(),
  /** Where the page before ended: an entry, and among days its day. */
  a: z.tuple([day.nullable(), seq]).optional(),
});

/** The state as buttons and the modal carry it. */
export function encodeWhy({ scope, period, page }: WhyState): string {
  const after =
    page.after === null
      ? undefined
      : page.of === 'days'
        ? [page.after.day, page.after.seq.toString()]
        : [null, page.after.toString()];
  return JSON.stringify({
    s: encodeScope(scope),
    p: period,
    ...(page.of === 'day' ? { d: page.day } : {}),
    ...(after === undefined ? {} : { a: after }),
  });
}

/** The state that was carried, null where it is none. Untrusted: rights are asked for again. */
export function decodeWhy(text: string): WhyState | null {
  let read: z.infer<typeof stored>;
  try {
    read = stored.parse(JSON.parse(text));
  } catch {
    return null;
  }
  const scope = decodeScope(read.s);
  const [afterDay, afterSeq] = read.a ?? [null, null];
  if (scope === null) return null;
  if (read.d !== undefined) {
    const after = afterSeq === null ? null : BigInt(afterSeq);
    return { scope, period: read.p, page: { of: 'day', day: read.d, after } };
  }
  const after = afterDay === null || afterSeq === null ? null : { day: afterDay, seq: BigInt(afterSeq) };
  return { scope, period: read.p, page: { of: 'days', after } };
}
