import { SECOND_MS } from '../../durations.ts';
import { answer } from './client.ts';

const PAGE = 100;

interface Page {
  created: { gte: number; lt?: number };
  limit: number;
  starting_after?: string;
}

type List<T> = (page: Page) => Promise<{ data: T[]; has_more: boolean }>;

/** Objects that were created since, and before `until` where it is given, the newest first, a page at a time. */
export async function* listPages<T extends { id: string }>(
  list: List<T>,
  { since, until }: { since: Date; until?: Date },
): AsyncGenerator<T[]> {
  const created = {
    gte: toSeconds(since),
    ...(until === undefined ? {} : { lt: toSeconds(until) }),
  };
  let after: string | undefined;
  for (;;) {
    const cursor = after === undefined ? {} : { starting_after: after };
    const { data, has_more: hasMore } = await answer(() => list({ created, limit: PAGE, ...cursor }));
    yield data;
    after = data.at(-1)?.id;
    if (!hasMore || after === undefined) return;
  }
}

/** Every object that was created since, the newest first. */
export async function listAll<T extends { id: string }>(list: List<T>, since: Date): Promise<T[]> {
  const all: T[] = [];
  for await (const page of listPages(list, { since })) all.push(...page);
  return all;
}

function toSeconds(at: Date): number {
  return Math.floor(at.getTime() / SECOND_MS);
}
