import { parseArgs } from 'node:util';
import { createScratchDatabases } from '../../support/scratch-databases.ts';
import { startTestCluster } from '../../support/start-test-cluster.ts';
import { runCrash } from './run.ts';
import { sabotages } from './sabotage.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '50' },
    json: { type: 'boolean', default: false },
    sabotage: { type: 'string' },
  },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1)
  throw new Error(`--runs takes a number of kills, not ${values.runs}`);
if (values.sabotage !== undefined && !(values.sabotage in sabotages)) {
  throw new Error(`--sabotage takes one of ${Object.keys(sabotages).join(', ')}`);
}

const cluster = await startTestCluster();
const scratch = await createScratchDatabases(cluster.serverUrl, ['app', 'sandbox']);
try {
  const report = await runCrash({
    runs,
    sabotage: values.sabotage,
    urls: scratch.urls,
    onRun: (run, wasInWindow) => {
      if (!values.json)
        process.stderr.write(`kill ${run} of ${runs}${wasInWindow ? ': between charge and credit' : ''}\n`);
    },
  });
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else
    for (const [name, figure] of Object.entries(report))
      process.stdout.write(`${name.padEnd(16)} ${figure}\n`);
  process.exitCode = report.clean ? 0 : 1;
} finally {
  await scratch.drop();
  await cluster.close();
}
