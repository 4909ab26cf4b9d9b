import { z } from 'zod';

/** What a button under the list carries: what was searched, and which page it leads to. */
export interface ListState {
  search: string;
  /** The newest payment of the list when it was opened; null: not opened yet. */
  first: bigint | null;
  skipped: number;
}

/** A search is no longer than this. */
const MAX_SEARCH = 200;

const stored = z.object({
  q: z.string().max(MAX_SEARCH),
  f: z
    .string()
    .regex(/^\d{1,18}$/)
    .nullable(),
  s: z.number().int().min(0).max(1_000_000),
});

export function encodeState({ search, first, skipped }: ListState): string {
  return JSON.stringify({ q: search.slice(0, MAX_SEARCH), f: first?.toString() ?? null, s: skipped });
}

/** The state that a button carries, null where it carries none. Untrusted: rights are asked for again. */
export function decodeState(text: string): ListState | null {
  try {
    const { q, f, s } = stored.parse(JSON.parse(text));
    return { search: q, first: f === null ? null : BigInt(f), skipped: s };
  } catch {
    return null;
  }
}
