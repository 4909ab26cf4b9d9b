import { parseArgs } from 'node:util';
import { createScratchDatabases } from '../../support/scratch-databases.ts';
import { startTestCluster } from '../../support/start-test-cluster.ts';
import { runSimulation } from './run.ts';
import { sabotages } from './sabotage.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    seed: { type: 'string' },
    json: { type: 'boolean', default: false },
    sabotage: { type: 'string' },
  },
});
const seeds = values.seed === undefined ? Number(values.seeds) : 1;
const firstSeed = Number(values.seed ?? 1);
if (!Number.isInteger(seeds) || seeds < 1) throw new Error(`--seeds takes a number, not ${values.seeds}`);
if (!Number.isInteger(firstSeed)) throw new Error(`--seed takes a whole number, not ${values.seed}`);
if (values.sabotage !== undefined && !(values.sabotage in sabotages)) {
  throw new Error(`--sabotage takes one of ${Object.keys(sabotages).join(', ')}`);
}

const cluster = await startTestCluster();
const scratch = await createScratchDatabases(
  cluster.serverUrl,
  seeds === 1 ? ['one'] : ['one', 'two', 'three'],
);
try {
  const report = await runSimulation({
    urls: Object.values(scratch.urls),
    seeds,
    firstSeed,
    sabotage: values.sabotage,
    onSeed: (failure) => {
      if (values.json || failure === null) return;
      process.stderr.write(`seed ${failure.seed}: ${failure.breaks.join('; ')}\n`);
      for (const step of failure.lastSteps) process.stderr.write(`  ${step}\n`);
    },
  });
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else
    process.stdout.write(
      `${report.seeds} seeds, ${report.steps} steps, ${report.charges} charges, ${report.failures.length} broken\n`,
    );
  process.exitCode = report.clean ? 0 : 1;
} finally {
  await scratch.drop();
  await cluster.close();
}
