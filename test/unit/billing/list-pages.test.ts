import { expect, it } from 'vitest';
import { listAll, listPages, readPages } from '../../../src/billing/stripe/list-all.ts';

const PAGES = [['c', 'b'], ['a']];

/** A list of the processor's, with what it was asked. */
function listOf(pages: readonly (readonly string[])[]) {
  const asked: object[] = [];
  const list = async (params: object) => {
    const data = (pages[asked.length] ?? []).map((id) => ({ id }));
    asked.push(params);
    return { data, has_more: asked.length < pages.length };
  };
  return { list, asked };
}
const idsOf = async (pages: AsyncIterable<{ id: string }[]>): Promise<string[]> => {
  const ids: string[] = [];
  for await (const page of pages) ids.push(page.map(({ id }) => id).join(''));
  return ids;
};

it('a list is read on from the last of each page, and no further than the processor says', async () => {
  const { list, asked } = listOf(PAGES);
  expect(await idsOf(readPages(list))).toEqual(['cb', 'a']);
  expect(asked).toEqual([{ limit: 100 }, { limit: 100, starting_after: 'b' }]);
});

it('a list of one page is asked for once, and so is an empty one, whatever it says of more', async () => {
  for (const pages of [[['a']], [[]], [[], ['a']]]) {
    const { list, asked } = listOf(pages);
    await idsOf(readPages(list));
    expect(asked).toEqual([{ limit: 100 }]);
  }
});

it('what was created in a period is asked for by its seconds, the end excluded', async () => {
  const since = new Date(10_999);
  const { list, asked } = listOf(PAGES);
  expect(await idsOf(listPages(list, { since, until: new Date(20_001) }))).toEqual(['cb', 'a']);
  expect(asked).toEqual([
    { created: { gte: 10, lt: 20 }, limit: 100 },
    { created: { gte: 10, lt: 20 }, limit: 100, starting_after: 'b' },
  ]);
});

it('everything since is listed from every page', async () => {
  const { list, asked } = listOf(PAGES);
  expect(await listAll(list, new Date(10_000))).toEqual([{ id: 'c' }, { id: 'b' }, { id: 'a' }]);
  expect(asked[0]).toEqual({ created: { gte: 10 }, limit: 100 });
});
