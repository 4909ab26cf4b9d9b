import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeTables } from '../../../prisma/data-dictionary.ts';

const schema = readFileSync('prisma/schema.prisma', 'utf8');

it('the data dictionary is what the schema says (npm run data-dictionary writes it)', () => {
  const written = readFileSync('docs/data-dictionary.md', 'utf8');
  expect(written).toBe(describeTables(schema));
  const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;
  const [tables = '', enums = ''] = written.split('\n## Enums\n');
  expect(count(tables, /^## /gm)).toBe(count(schema, /^model /gm));
  expect(count(enums, /^\| `/gm)).toBe(count(schema, /^enum /gm));
});

it('a column that is added, or a table described otherwise, makes another dictionary', () => {
  const planted = schema.replace(/^model Card \{$/m, 'model Card {\n  nickname String? @map("nick_name")');
  expect(describeTables(planted)).toContain('| `nick_name` | String? |  |');
  expect(describeTables(schema)).not.toContain('nick_name');
});
