import { advanceOrder, createStripeGateway, sweepOrders } from '../../../src/billing/index.ts';
import { systemClock } from '../../../src/clock.ts';
import { openDb } from '../../../src/db/index.ts';
import { createLogger } from '../../../src/log.ts';
import { type JobHandlers, startSweeper, startWorker } from '../../../src/queue/index.ts';
import { testSecrets } from '../../support/secrets.ts';

/** Whatever charges orders as a process of its own, to be killed: on the database and the processor that it is given. */
const [databaseUrl = '', apiUrl = '', secretKey = ''] = process.argv.slice(2);
const log = createLogger('silent');
const db = await openDb({ url: databaseUrl, poolSize: 8, log });
const gateway = createStripeGateway({ secretKey, webhookSecret: undefined, apiUrl });
const deps = { db, clock: systemClock, log, gateway, secrets: testSecrets, publicUrl: 'http://127.0.0.1:1' };
const handlers: Partial<JobHandlers> = {
  'advance-order': (payload) => advanceOrder(deps, payload),
  'watch-limits': async () => undefined,
  'watch-balance': async () => undefined,
  'deliver-notice': async () => undefined,
};
startWorker({ databaseUrl, handlers: handlers as JobHandlers, log, concurrency: 12 });
startSweeper({ orders: () => sweepOrders(deps) }, log, 300);
process.stdout.write('ready\n');
