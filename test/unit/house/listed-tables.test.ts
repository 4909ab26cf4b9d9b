import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

/** The tables of the schema: what `@@map` names within a model. */
function tablesOf(schema: string): string[] {
  return [...schema.matchAll(/^model \w+ \{[^}]*@@map\("(\w+)"\)/gm)].map(([, table]) => table ?? '');
}

it('the operator’s documents say of every table when its rows are deleted', () => {
  const [, list = ''] = read('docs/operate/sizing.md').split('## What grows, and what is deleted');
  const listed = new Set([...list.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? ''));
  const tables = tablesOf(read('prisma/schema.prisma'));
  expect(tables.length).toBeGreaterThan(60);
  expect(tables.filter((table) => !listed.has(table))).toEqual([]);
});
