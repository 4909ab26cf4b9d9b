import { z } from 'zod';
import type { UsageCursor } from '../../../ledger/index.ts';
import { decodeQuery, type ExportQuery, encodeQuery } from '../../../usage/index.ts';

/** What a button under usage carries: which usage, and the pages that were turned, each by where it begins. */
export interface UsageState {
  query: ExportQuery;
  /** Where the pages after the first begin; the last one is the page to show. Empty: the first page. */
  turned: UsageCursor[];
  /** How many records stand before the page to show. */
  skipped: number;
}

/** The newest records of a query. */
export function firstPage(query: ExportQuery): UsageState {
  return { query, turned: [], skipped: 0 };
}

const MAX_CHARACTERS = 2_000;

const cursor = z.tuple([z.number().int(), z.string().max(200), z.string().max(300)]);
const stored = z.object({
  q: z.string(),
  s: z.number().int().min(0),
  t: z.array(cursor).max(50),
});

/** The state as a button carries it; the way back is forgotten from its beginning where it is too long. Null: too long. */
export function encodeState(state: UsageState): string | null {
  const q = encodeQuery(state.query);
  if (q === null) return null;
  const t = state.turned.map((each) => [each.usageAt.getTime(), each.source, each.externalId]);
  for (; ; t.shift()) {
    const text = JSON.stringify({ q, s: state.skipped, t });
    if (text.length <= MAX_CHARACTERS) return text;
    if (t.length <= 1) return null;
  }
}

/** The state a button carries, null where it carries none. Untrusted: rights are asked for again. */
export function decodeState(text: string): UsageState | null {
  try {
    const { q, s, t } = stored.parse(JSON.parse(text));
    const query = decodeQuery(q);
    const turned = t.map(([at, source, externalId]) => ({ usageAt: new Date(at), source, externalId }));
    const isSound = query !== null && turned.every(({ usageAt }) => !Number.isNaN(usageAt.getTime()));
    return isSound ? { query, turned, skipped: s } : null;
  } catch {
    return null;
  }
}
