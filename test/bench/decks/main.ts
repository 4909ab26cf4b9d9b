/**
 * How long a large deck takes to import, and how much memory: `npm run bench:decks -- --rows 200000`. It runs the command line
 * as an operator does, on a database of its own: the first import, the same with a twentieth of the prices changed, as a dry
 * run and then in earnest. `--heap-mb 160` shows that memory is bounded: a process that holds more alive dies.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startProofServer } from '../../proofs/proof-server.ts';
import { measureCommand } from '../measure-command.ts';

/** One price in so many differs in the second file. */
const CHANGED = 20;

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '200000' }, 'heap-mb': { type: 'string' } },
});
const rows = Number(values.rows);
const folder = await mkdtemp(path.join(tmpdir(), 'refill-bench-decks-'));
const server = await startProofServer();
try {
  const database = await server.migrated();
  const first = await writeDeck('first.csv', () => 0);
  const second = await writeDeck('second.csv', (row) => (row % CHANGED === 0 ? 1 : 0));
  await measure('first import', database.url, [first]);
  await measure('dry run of another', database.url, [second, '--dry-run']);
  await measure('import of it', database.url, [second]);
  await database.close();
} finally {
  await server.close();
  await rm(folder, { recursive: true, force: true });
}

/** Prefixes of one length, which begin with the country codes of France and the United Kingdom in turns. */
async function writeDeck(name: string, dearerBy: (row: number) => number): Promise<string> {
  const file = path.join(folder, name);
  const out = createWriteStream(file);
  out.write('Destination,Code,Rate (USD/min),Increments,Connection Fee,Effective Date\n');
  for (let row = 0; row < rows; row += 1) {
    const [country, code] = row % 2 === 0 ? ['France', '33'] : ['United Kingdom', '44'];
    const rate = (200 + (row % 90) + dearerBy(row)) / 10_000;
    const line = `${country} ${row},${code}${String(100_000 + row)},${rate.toFixed(4)},30/6,0.001,2026-01-01\n`;
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return file;
}

function measure(what: string, url: string, args: string[]): Promise<void> {
  return measureCommand(
    what,
    ['rates', 'import', ...args],
    { DATABASE_URL: url },
    { heapMb: values['heap-mb'] },
  );
}
