import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const OWNER = path.join('billing', 'kinds', 'recharge', 'store-setting.ts');
const WRITE =
  /rechargeSetting\s*\.(?:create|update|upsert)|(?:UPDATE|INSERT INTO) (?:ONLY )?(?:\w+\.)?recharge_setting\b/;

it('R27.8: how auto-recharge is set is written in one place, which updates the messages about it', () => {
  const writers = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      file.endsWith('.ts') &&
      !file.includes('generated') &&
      WRITE.test(readFileSync(path.join('src', file), 'utf8')),
  );
  expect(writers).toEqual([OWNER]);
});

it.each([
  'await tx.rechargeSetting.update({ where, data: { isOn: false } });',
  'await tx.rechargeSetting\n    .updateMany({ where, data });',
  'await db.$executeRaw`UPDATE recharge_setting SET is_on = false`;',
])('a writer beside it is found: %s', (offence) => {
  expect(offence).toMatch(WRITE);
});
