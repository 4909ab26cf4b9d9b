/**
 * Plays test files and records which of them sends what to the app: test/house/walked-ids.json, an id of the access matrix
 * and the test file that plays it. `node test/house/record-walks.mjs [FILE…]`; without files, everything in test/slack and
 * test/browser. Rows of files that were not played stay.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const TARGET = 'test/house/walked-ids.json';
/** What no recorded test sends yet; only shortened here. */
const UNRECORDED = 'test/house/unrecorded-ids.json';
const files = process.argv.slice(2);
const recorded = path.join(mkdtempSync(path.join(tmpdir(), 'walks-')), 'sent');
writeFileSync(recorded, '');

const { status } = spawnSync(
  'npx',
  ['vitest', 'run', '--silent=true', ...(files.length > 0 ? files : ['test/slack', 'test/browser'])],
  {
    stdio: 'inherit',
    env: { ...process.env, RECORD_WALKS: recorded },
  },
);

const lines = readFileSync(recorded, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.split('\t'));
const played = new Set(lines.map(([, file]) => file));
const before = existsSync(TARGET) ? Object.entries(JSON.parse(readFileSync(TARGET, 'utf8'))) : [];
const kept = before.filter(([, file]) => files.length > 0 && !played.has(file) && existsSync(file));
const sorted = lines.toSorted((a, b) => (a.join() < b.join() ? -1 : 1));
const walks = Object.fromEntries([...sorted.toReversed(), ...kept].toSorted(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(TARGET, `${JSON.stringify(walks, null, 2)}\n`);
const unrecorded = JSON.parse(readFileSync(UNRECORDED, 'utf8')).filter((name) => walks[name] === undefined);
writeFileSync(UNRECORDED, `${JSON.stringify(unrecorded, null, 2)}\n`);
console.log(`${Object.keys(walks).length} ids are played, ${unrecorded.length} are not recorded yet`);
process.exitCode = status ?? 1;
