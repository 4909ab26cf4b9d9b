import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const OWNER = path.join('billing', 'orders', 'order-state.ts');

/** The text from an opening bracket to the one that closes it. */
function enclosed(text: string, from: number): string {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if ('({['.includes(text[at] ?? '')) depth += 1;
    if (')}]'.includes(text[at] ?? '')) depth -= 1;
    if (depth === 0) return text.slice(from, at + 1);
  }
  return text.slice(from);
}

/** Each place in a source text that writes an order's state, or writes what it does not show. */
function findWrites(text: string): string[] {
  const calls = [...text.matchAll(/purchaseOrder\s*\.(?:create|update|upsert)\w*\(/g)].map((match) =>
    enclosed(text, match.index + match[0].length - 1),
  );
  const written = calls.flatMap((call) =>
    [...call.matchAll(/\b(data|create|update)(?:: (\w+)|: (?=[{[])|(?=[,\s]*\}))/g)].map((match) => {
      const [all, column = '', name = column] = match;
      return all.endsWith(': ') ? enclosed(call, match.index + all.length) : variable(text, name);
    }),
  );
  const sql = [...text.matchAll(/(?:UPDATE|INSERT INTO) purchase_order\b[^`]*/g)].map(
    ([statement]) => statement,
  );
  return [
    ...written.filter((data) => /\bstate\b/.test(data)),
    ...sql.filter((one) => /SET[^`]*\bstate\s*=/.test(one)),
  ];
}

/** What a variable is set to, where the text says so. */
function variable(text: string, name: string): string {
  const found = new RegExp(`const ${name} = (?=[{[])`).exec(text);
  return found === null ? '' : enclosed(text, found.index + found[0].length);
}

it('an order’s state is written by the table of transitions alone', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.includes('generated') && file !== OWNER,
  );
  const found = files.flatMap((file) =>
    findWrites(readFileSync(path.join('src', file), 'utf8')).map((text) => `${file}: ${text}`),
  );
  expect(found).toEqual([]);
});

it('a state that is written elsewhere is found', () => {
  expect(findWrites(readFileSync(path.join('src', OWNER), 'utf8')).length).toBeGreaterThan(0);
  for (const offence of [
    "await tx.purchaseOrder.update({ where: { id }, data: { state: 'settled' } });",
    "await tx.purchaseOrder\n  .updateMany({ where, data: { retryAt, ...{ state: 'declined' } } });",
    "const ended = { state: 'declined' };\nawait tx.purchaseOrder.update({ where, data: ended });",
    'const data = { ...claimed, state };\nawait tx.purchaseOrder.create({ data });',
    "await db.$executeRaw`UPDATE purchase_order SET retry_at = now(), state = 'declined' WHERE id = 1`;",
  ])
    expect(findWrites(offence), offence).toHaveLength(1);
  expect(
    findWrites("await tx.purchaseOrder.updateMany({ where: { state: 'draft' }, data: { viewId } });"),
  ).toEqual([]);
});
