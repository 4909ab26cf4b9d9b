import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/** Each room and what it may import, beside itself and the ground floor. ARCHITECTURE.md draws the same. */
const GROUND = [
  'money',
  'csv',
  'clock',
  'errors',
  'log',
  'durations',
  'token',
  'reference',
  'backoff',
  'single-flight',
  'group-commit',
  'phone-number',
  'calendar',
];
const ROOMS: Record<string, readonly string[]> = {
  ...Object.fromEntries(GROUND.map((file) => [file, []])),
  config: [],
  db: [],
  queue: ['db'],
  org: ['db', 'queue'],
  rating: [],
  ledger: ['db', 'queue'],
  notices: ['db', 'queue', 'ledger', 'org'],
  billing: ['db', 'queue', 'ledger', 'org', 'notices'],
  usage: ['db', 'queue', 'ledger', 'rating', 'org', 'notices'],
  slack: ['db', 'queue', 'ledger', 'org', 'notices', 'billing', 'usage'],
  http: ['db', 'queue', 'ledger', 'org', 'notices', 'billing', 'usage'],
  sandbox: ['db', 'ledger', 'org', 'billing', 'usage'],
};
/** Entry points wire everything. */
const ENTRIES = new Set(['main', 'start', 'cli', 'doctor']);

const SRC = path.resolve('src');

interface Import {
  from: string;
  to: string;
}

function listImports(): Import[] {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && !file.includes('generated'),
  );
  return files.flatMap((file) => {
    const text = readFileSync(path.join(SRC, file), 'utf8');
    const targets = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map((match) => match[1] ?? '');
    return targets.map((target) => ({
      from: file,
      to: path.relative(SRC, path.resolve(SRC, path.dirname(file), target)),
    }));
  });
}

const roomOf = (file: string): string => (file.split(path.sep)[0] ?? '').replace(/\.tsx?$/, '');
const crossings = listImports().filter(({ from, to }) => !to.startsWith('..') && roomOf(from) !== roomOf(to));

describe('imports run one way', () => {
  it('every room is on the map', () => {
    const rooms = new Set(listImports().map(({ from }) => roomOf(from)));
    expect([...rooms].filter((room) => !(room in ROOMS) && !ENTRIES.has(room))).toEqual([]);
  });

  it('no room imports one that stands above or beside it', () => {
    const wrong = crossings.filter(({ from, to }) => {
      const room = roomOf(from);
      return !ENTRIES.has(room) && !GROUND.includes(roomOf(to)) && !ROOMS[room]?.includes(roomOf(to));
    });
    expect(wrong).toEqual([]);
  });

  it('a room is entered by its door', () => {
    const around = crossings.filter(
      ({ from, to }) =>
        from !== 'main.ts' &&
        to.includes(path.sep) &&
        !/^[^/]+(\/(slack|stripe|embedded))?\/index\.ts$/.test(to),
    );
    expect(around).toEqual([]);
  });
});
