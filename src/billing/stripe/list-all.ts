import { SECOND_MS } from '../../durations.ts';
import { answer } from './client.ts';

const PAGE = 100;

interface Cursor {
  limit: number;
  starting_after?: string;
}

type Created = { created: { gte: number; lt?: number } };

type List<T, Of = object> = (page: Cursor & Of) => Promise<{ data: T[]; has_more: boolean }>;

/** A list, a page at a time, until the processor says that there is no more. */
export async function* readPages<T extends { id: string }>(list: List<T>): AsyncGenerator<T[]> {
  let after: string | undefined;
  for (;;) {
    const cursor = after === undefined ? {} : { starting_after: after };
    const { data, has_more: hasMore } = await answer(() => list({ limit: PAGE, ...cursor }));
    yield data;
    after = data.at(-1)?.id;
    if (!hasMore || after === undefined) return;
  }
}

/** Objects that were created since, and before `until` where it is given, the newest first, a page at a time. */
export function listPages<T extends { id: string }>(
  list: List<T, Created>,
  { since, until }: { since: Date; until?: Date },
): AsyncGenerator<T[]> {
  const created = {
    gte: toSeconds(since),
    ...(until === undefined ? {} : { lt: toSeconds(until) }),
  };
  return readPages((page) => list({ created, ...page }));
}

/** Every object that was created since, the newest first. */
export async function listAll<T extends { id: string }>(list: List<T, Created>, since: Date): Promise<T[]> {
  const all: T[] = [];
  for await (const page of listPages(list, { since })) all.push(...page);
  return all;
}

function toSeconds(at: Date): number {
  return Math.floor(at.getTime() / SECOND_MS);
}
