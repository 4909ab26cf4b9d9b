import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import denied from '../../house/denied-names.json' with { type: 'json' };

/** Modules whose names change when they are reshaped; the list only shrinks. */
const NOT_YET: readonly string[] = [];

const EXPORTED = /^export (?:async )?(?:const|function\*?|class|interface|type) (\w+)/gm;

/** The exported names of a source text that contain a denied word, each with what to say instead. */
function findDenied(text: string): string[] {
  return [...text.matchAll(EXPORTED)].flatMap(([, name = '']) =>
    wordsOf(name).flatMap((word) =>
      word in denied ? [`${name}: not "${word}" but ${denied[word as keyof typeof denied]}`] : [],
    ),
  );
}

/** `MAX_KEY_LENGTH` and `readGrantRests` as lower-case words. */
function wordsOf(name: string): string[] {
  return name
    .replaceAll('_', ' ')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(' ');
}

it('exported names use the field’s terms', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      /\.tsx?$/.test(file) && !file.includes('generated') && !NOT_YET.includes(file.split(path.sep)[0] ?? ''),
  );
  expect(files.length).toBeGreaterThan(200);
  const found = files.flatMap((file) =>
    findDenied(readFileSync(path.join('src', file), 'utf8')).map((fault) => `${file}: ${fault}`),
  );
  expect(found).toEqual([]);
});

it('finds a denied word in whatever case a name is written', () => {
  const planted = 'export const MOST_KEYS = 1;\nexport function readGrantRests() {}\nexport type Fine = 1;\n';
  expect(findDenied(planted)).toEqual([
    'MOST_KEYS: not "most" but MAX_',
    'readGrantRests: not "rests" but remaining, paused',
  ]);
});
