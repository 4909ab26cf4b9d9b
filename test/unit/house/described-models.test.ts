import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';

/** Models without a line of `///` that says what a row of them is. */
function undescribed(schema: string): string[] {
  return [...schema.matchAll(/^(.*)\nmodel (\w+) \{$/gm)].flatMap(([, before = '', name = '']) =>
    before.startsWith('/// ') ? [] : [name],
  );
}

it('every model of schema.prisma says what a row of it is', async () => {
  const schema = await readFile('prisma/schema.prisma', 'utf8');
  expect(schema.match(/^model /gm)?.length).toBeGreaterThan(50);
  expect(undescribed(schema)).toEqual([]);
  expect(undescribed('/// A thing.\nmodel Thing {\n}\n\nmodel Other {\n}\n// no\nmodel Third {\n}')).toEqual([
    'Other',
    'Third',
  ]);
});
