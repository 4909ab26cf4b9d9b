import { MovableClock } from '../../../src/clock.ts';
import { readConfig } from '../../../src/config.ts';
import { createLogger } from '../../../src/log.ts';
import { startApp } from '../../../src/start/app.ts';
import { sabotages } from './sabotages.ts';

/**
 * The app as its own process, to be killed: configured by the environment as in production, and broken on purpose
 * where REFILL_SABOTAGE names how; REFILL_AHEAD_MS has its clock go so much ahead. Prints a line when it answers.
 */
const { REFILL_SABOTAGE: sabotage, REFILL_AHEAD_MS: aheadMs = '0', ...env } = process.env;
const config = readConfig(env);
if (config.live === undefined || config.databaseUrl === undefined)
  throw new Error('the proof gives full credentials');
const breakIt = sabotage === undefined ? undefined : sabotages[sabotage];
await startApp({
  role: 'all',
  mode: config.live.mode,
  host: '127.0.0.1',
  port: config.port,
  publicUrl: config.live.publicUrl,
  databaseUrl: config.databaseUrl,
  secretKey: config.live.secretKey,
  slack: config.live.slack,
  stripe: config.live.stripe,
  usageRequestsPerSecond: config.usageRequestsPerSecond,
  exportLimits: config.exportLimits,
  mirrorsInvoices: config.mirrorsInvoices,
  clock: new MovableClock(Number(aheadMs)),
  log: createLogger(config.logLevel),
  ...(breakIt === undefined ? {} : { jobs: breakIt }),
});
process.stdout.write('ready\n');
