/**
 * Draws what the newcomer's questions of `docs/measured/finding-things.md` are about: of every exported constant in
 * capitals, every numbered rule and every key of the Slack copy, sorted, each n-th, from a seeded start.
 *
 *   node test/house/draw-questions.mjs 20261130
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const [, , seedText = ''] = process.argv;
const seed = Number(seedText);
if (!Number.isInteger(seed) || seed < 1) throw new Error('Give a seed: a positive integer.');

const read = (folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('generated'))
    .map((file) => ({ file: path.join(folder, file), text: readFileSync(path.join(folder, file), 'utf8') }));

const constants = read('src').flatMap(({ file, text }) =>
  [...text.matchAll(/^export const ([A-Z][A-Z0-9_]+)\b/gm)].map(([, name]) => `${name} (${file})`),
);
const rules = [...readFileSync('docs/domain.md', 'utf8').matchAll(/\*\*(R\d+\.\d+[a-z]?)\*\*/g)].map(
  ([, rule]) => rule,
);
const copy = read(path.join('src', 'slack', 'copy')).flatMap(({ file, text }) =>
  [...text.matchAll(/^ {2}(\w+)(?::|\()/gm)].map(([, key]) => `${path.basename(file, '.ts')}.${key}`),
);

/** `count` of a list, evenly spread over it, beginning where the seed says. */
function draw(list, count) {
  const sorted = [...new Set(list)].sort();
  const step = Math.floor(sorted.length / count);
  return Array.from({ length: count }, (_, index) => sorted[(seed % step) + index * step]);
}

for (const [name, list, count] of [
  ['constants', constants, 7],
  ['rules', rules, 7],
  ['copy keys', copy, 6],
]) {
  console.log(`${name} (${new Set(list).size}):`);
  for (const drawn of draw(list, count)) console.log(`  ${drawn}`);
}
