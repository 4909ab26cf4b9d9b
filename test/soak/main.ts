import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { migrateDatabase } from '../../src/db/index.ts';
import { createLogger } from '../../src/log.ts';
import { pickSabotage } from '../support/sabotage.ts';
import { createScratchDatabases } from '../support/scratch-databases.ts';
import { startTestCluster } from '../support/start-test-cluster.ts';
import { runSoak, type SoakReport } from './run.ts';
import { sabotages } from './sabotages.ts';

const PROGRESS_EVERY_MS = 5_000;

const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
    lanes: { type: 'string', default: '4' },
    json: { type: 'boolean', default: false },
    sabotage: { type: 'string' },
  },
});

function readCount(name: 'operations' | 'seed' | 'lanes'): number {
  const count = Number(values[name]);
  if (!Number.isInteger(count) || count < 1) throw new Error(`--${name} takes a number, not ${values[name]}`);
  return count;
}

const sabotage = pickSabotage(sabotages, values.sabotage);
const [operations, seed, lanes] = [readCount('operations'), readCount('seed'), readCount('lanes')];
const cluster = await startTestCluster();
const log = createLogger('warn');

async function openDatabase(): Promise<{ url: string; close(): Promise<void> }> {
  const { urls, drop } = await createScratchDatabases(cluster.serverUrl, ['soak']);
  await migrateDatabase({ url: urls.soak, log });
  return { url: urls.soak, close: drop };
}

let saidAt = 0;
function sayProgress(done: number, perSecond: number): void {
  if (performance.now() - saidAt < PROGRESS_EVERY_MS) return;
  saidAt = performance.now();
  process.stderr.write(`${done} of ${operations} operations, ${perSecond.toFixed(0)} a second\n`);
}

function print({ counterexample, ...figures }: SoakReport): void {
  for (const [name, figure] of Object.entries(figures))
    process.stdout.write(`${name.padEnd(13)} ${figure}\n`);
  if (counterexample === null) return;
  process.stdout.write(`Breaks where credits are ${counterexample.pooled ? '' : 'not '}shared:\n`);
  for (const move of counterexample.steps) process.stdout.write(`  ${JSON.stringify(move)}\n`);
}

try {
  const report = await runSoak({ openDatabase, operations, seed, lanes, sabotage, onProgress: sayProgress });
  if (values.json) process.stdout.write(`${JSON.stringify({ seed, ...report })}\n`);
  else print(report);
  process.exitCode = report.clean ? 0 : 1;
} finally {
  await cluster.close();
}
