import { parseArgs } from 'node:util';
import { migrateDatabase } from '../../src/db/index.ts';
import { createLogger } from '../../src/log.ts';
import { pickSabotage } from '../support/sabotage.ts';
import { createScratchDatabases } from '../support/scratch-databases.ts';
import { startTestCluster } from '../support/start-test-cluster.ts';
import { runHammer } from './run.ts';
import { sabotages } from './sabotages.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '20000' },
    kills: { type: 'string', default: '100' },
    json: { type: 'boolean', default: false },
    sabotage: { type: 'string' },
  },
});
const records = Number(values.records);
const kills = Number(values.kills);
if (!Number.isInteger(records) || records < 1)
  throw new Error(`--records takes a number, not ${values.records}`);
if (!Number.isInteger(kills) || kills < 0) throw new Error(`--kills takes a number, not ${values.kills}`);
const sabotage = pickSabotage(sabotages, values.sabotage);

const cluster = await startTestCluster();
const scratch = await createScratchDatabases(cluster.serverUrl, ['ledger']);
try {
  await migrateDatabase({ url: scratch.urls.ledger, log: createLogger('warn') });
  const report = await runHammer({ url: scratch.urls.ledger, records, kills, sabotage });
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else
    for (const [name, figure] of Object.entries(report))
      process.stdout.write(`${name.padEnd(16)} ${figure}\n`);
  process.exitCode = report.clean ? 0 : 1;
} finally {
  await scratch.drop();
  await cluster.close();
}
