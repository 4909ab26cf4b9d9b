import { parseArgs } from 'node:util';
import { createScratchDatabases } from '../support/scratch-databases.ts';
import { startTestCluster } from '../support/start-test-cluster.ts';
import { runDay } from './run.ts';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

const cluster = await startTestCluster();
try {
  const scratch = await createScratchDatabases(cluster.serverUrl, ['day']);
  const report = await runDay({
    databaseUrl: scratch.urls.day,
    events: Number(values.events),
    seed: Number(values.seed),
  });
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else
    for (const [name, figure] of Object.entries(report))
      process.stdout.write(`${name.padEnd(16)} ${figure}\n`);
  process.exitCode = report.clean ? 0 : 1;
  await scratch.drop();
} finally {
  await cluster.close();
}
