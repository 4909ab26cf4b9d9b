import { SECOND_MS } from '../../durations.ts';
import { answer } from './client.ts';

const PAGE = 100;

interface Page {
  created: { gte: number };
  limit: number;
  starting_after?: string;
}

/** Every object that was created since, the newest first, page by page. */
export async function listAll<T extends { id: string }>(
  list: (page: Page) => Promise<{ data: T[]; has_more: boolean }>,
  since: Date,
): Promise<T[]> {
  const created = { gte: Math.floor(since.getTime() / SECOND_MS) };
  const all: T[] = [];
  for (;;) {
    const last = all.at(-1);
    const after = last === undefined ? {} : { starting_after: last.id };
    const page = await answer(() => list({ created, limit: PAGE, ...after }));
    all.push(...page.data);
    if (!page.has_more || page.data.length === 0) return all;
  }
}
