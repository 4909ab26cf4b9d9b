/**
 * How long a large deck takes to import, and how much memory: `npm run bench:decks -- --rows 200000`. It runs the command line
 * as an operator does, on a database of its own: the first import, the same with a twentieth of the prices changed, as a dry
 * run and then in earnest.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startProofServer } from '../../proofs/proof-server.ts';

const TELL_USAGE =
  "data:text/javascript,process.on('exit',()=>{const u=process.resourceUsage();process.stderr.write('used '+u.maxRSS+' '+(u.userCPUTime+u.systemCPUTime)+'\\n')})";
/** One price in so many differs in the second file. */
const CHANGED = 20;

const { values } = parseArgs({ options: { rows: { type: 'string', default: '200000' } } });
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

async function measure(what: string, url: string, args: string[]): Promise<void> {
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--import', TELL_USAGE, 'src/cli/index.ts', 'rates', 'import', ...args],
    { env: { ...process.env, DATABASE_URL: url }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let errors = '';
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [status] = await once(child, 'exit');
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const [, kilobytes = '0', micros = '0'] = /used (\d+) (\d+)/.exec(errors) ?? [];
  const cpu = (Number(micros) / 1_000_000).toFixed(1);
  const megabytes = Math.round(Number(kilobytes) / 1024);
  process.stdout.write(`${what}: ${seconds} s, of them ${cpu} s of this process, peak RSS ${megabytes} MB\n`);
  if (status !== 0) throw new Error(`${errors}\n${output}`);
  process.stdout.write(`${output.split('\n').slice(0, 14).join('\n')}\n`);
}
