import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type BillingDeps,
  billingJobs,
  checkRecharge,
  createBilling,
  readAmountToResume as readAddition,
} from '../billing/index.ts';
import type { Clock } from '../clock.ts';
import {
  type Db,
  migrateDatabase,
  openDb,
  openPool,
  readSchemaState,
  requireCurrentSchema,
} from '../db/index.ts';
import {
  billingRoutes,
  createMetrics,
  healthRoutes,
  startHttp,
  type UsageRouteOptions,
  usageRoutes,
} from '../http/index.ts';
import { watchLimits } from '../limits/index.ts';
import type { Logger } from '../log.ts';
import { deliverNotice, sendEvents, watchBalance } from '../notices/index.ts';
import {
  checkSecretKey,
  createDeliveryRecorder,
  createSecretBox,
  type InstanceMode,
  type OperatorPost,
  type SecretBox,
  stampInstance,
  syncDirectoryJob,
} from '../org/index.ts';
import { type JobHandlers, startWorker } from '../queue/index.ts';
import { createSlackApp, type SlackDelivery } from '../slack/index.ts';
import { convertUsage, type ExportLimits, judgeSpending, runExport, type UsageDeps } from '../usage/index.ts';
import { type MonitoringAddress, startMonitoring } from './start-monitoring.ts';
import { startSweepers } from './sweepers.ts';

const DEFAULT_WEB_CONNECTIONS = 10;
const DEFAULT_JOBS_AT_ONCE = 6;
/** One for each export that may run at a time. */
const EXPORT_POOL = 2;

export interface AppOptions {
  role: 'all' | 'web' | 'worker';
  mode: InstanceMode;
  host: string;
  port: number;
  /** Origin under which people's browsers reach this app; null where nothing does. */
  publicUrl: string | null;
  databaseUrl: string;
  secretKey: string;
  /** The key before this one, while secrets are being sealed again. */
  oldSecretKey?: string | undefined;
  /** Who shows it may read the metrics; absent: this machine alone may. */
  metricsToken?: string | undefined;
  /** How many requests a second a key of the usage API may send. */
  usageRequestsPerSecond?: number;
  /** Connections to the database at most, for everything but jobs. */
  webConnections?: number;
  /** How many jobs run at once; the worker holds four connections more than that. */
  jobsAtOnce?: number;
  slack: {
    apiUrl: string | undefined;
    delivery: SlackDelivery;
  };
  stripe: {
    secretKey: string;
    webhookSecret: string | undefined;
    apiUrl: string | undefined;
    timeoutMs?: number;
  };
  exportLimits: ExportLimits;
  /** Where the process answers monitoring besides its own port; absent: nowhere. */
  monitoring?: MonitoringAddress;
  /** Of Refill, for the metrics. */
  version?: string;
  /** The Slack channel in which operator notices are posted. */
  operatorChannel?: string | undefined;
  /** Whether invoices are mirrored to the processor's invoicing. */
  mirrorsInvoices: boolean;
  clock: Clock;
  log: Logger;
  /** Job handlers to use instead of the app's own; what breaks them on purpose is caught by the proofs. */
  jobs?: (deps: BillingDeps) => Partial<JobHandlers>;
}

export interface RunningApp {
  db: Db;
  billing: BillingDeps;
  secrets: SecretBox;
  port: number;
  /** Where it answers monitoring. */
  monitoringPort: number | null;
  stop(): Promise<void>;
}

/**
 * Wires the rooms together and starts what the role asks for: web answers Slack and HTTP, worker runs jobs.
 * A process that is all of the app migrates the database first; one of several refuses an older or newer schema, which
 * `refill migrate` brings up to date. Throws RefillError with a sentence for what is in the way.
 */
export async function startApp(options: AppOptions): Promise<RunningApp> {
  const { log, clock, role } = options;
  if (role === 'all') await migrateDatabase({ url: options.databaseUrl, log });
  else await requireCurrentSchema({ url: options.databaseUrl });
  const db = await openDb({
    url: options.databaseUrl,
    poolSize: options.webConnections ?? DEFAULT_WEB_CONNECTIONS,
    log,
  });
  await stampInstance(db, options.mode, clock.now());
  const { oldSecretKey } = options;
  const secrets = createSecretBox(options.secretKey, oldSecretKey === undefined ? [] : [oldSecretKey]);
  if ((await checkSecretKey(db, secrets)) === 'old')
    log.warn('secrets are still sealed under REFILL_SECRET_KEY_OLD; run: refill secrets rotate');
  if (role === 'all') await convertUsage({ url: options.databaseUrl, secrets, clock, log });
  const { publicUrl, stripe, mirrorsInvoices } = options;
  const billing = createBilling({ db, clock, log, secrets, publicUrl, stripe, mirrorsInvoices });
  const usage: UsageDeps = { db, clock, log, secrets };
  const recordDelivery = createDeliveryRecorder({ db, clock, log });
  const slack = createSlackApp({ db, clock, log, billing, secrets, recordDelivery, ...options.slack });
  const running: { stop(): Promise<void> }[] = [{ stop: () => db.$disconnect() }];
  let port = options.port;
  let monitoringPort: number | null = null;
  try {
    const { version } = options;
    const build = version === undefined ? {} : { build: { version, role } };
    const metrics = createMetrics({ db, clock, ...build });
    const health = healthRoutes({
      db,
      metrics,
      metricsToken: options.metricsToken,
      isSchemaCurrent: async () => (await readSchemaState({ url: options.databaseUrl })).state === 'current',
    });
    if (options.monitoring !== undefined) {
      const monitoring = await startMonitoring(options.monitoring, { log, routes: health });
      monitoringPort = monitoring.port;
      running.push(monitoring);
    }
    if (role !== 'worker') {
      await slack.warmUp();
      running.push({ stop: slack.drain });
      const listener = slack.requestListener;
      const http = await startHttp({
        host: options.host,
        isLocalOnly: options.mode === 'sandbox' && options.host === '127.0.0.1',
        port,
        log,
        observe: metrics.observe,
        routes: [
          ...health,
          ...billingRoutes(billing, recordDelivery),
          ...usageRoutes(usage, usageRouteOptions(options)),
        ],
        ...(listener === undefined
          ? {}
          : {
              slack: (request: IncomingMessage, response: ServerResponse) => void listener(request, response),
            }),
      });
      port = http.port;
      running.push({ stop: http.close });
      await slack.start();
      running.push({ stop: slack.stop });
    }
    if (role !== 'web') {
      const pool = openPool({
        url: options.databaseUrl,
        poolSize: EXPORT_POOL,
        log,
        statementTimeoutMs: 0,
      });
      running.push({ stop: () => pool.end() });
      const { exportLimits: limits } = options;
      const exportDeps = { db, clock, log, pool, limits, courier: slack.exportCourier };
      const { operatorChannel } = options;
      const post: OperatorPost =
        operatorChannel === undefined ? null : (line) => slack.postToOperator(operatorChannel, line);
      const noticeDeps = { db, clock, log, send: slack.sendNotice };
      const handlers: JobHandlers = {
        ...billingJobs({ ...billing, invoiceFiles: slack.invoiceCourier }),
        ...slack.jobs,
        'deliver-notice': (payload) => deliverNotice(noticeDeps, payload),
        'watch-balance': (payload) => watchBalance({ db, clock, checkRecharge, readAddition }, payload),
        'send-events': (payload) => sendEvents(usage, payload),
        'watch-limits': (payload) => watchLimits({ db, clock }, payload),
        'run-export': (payload) => runExport(exportDeps, payload),
        'judge-spending': (payload) => judgeSpending({ db, clock }, payload),
        'sync-directory': (payload) => syncDirectoryJob(usage, payload),
        ...options.jobs?.(billing),
      };
      running.push(
        startWorker({
          databaseUrl: options.databaseUrl,
          handlers,
          log,
          concurrency: options.jobsAtOnce ?? DEFAULT_JOBS_AT_ONCE,
        }),
      );
      const { databaseUrl } = options;
      const { sweepStandings } = slack;
      for (const sweeper of startSweepers({ ...usage, billing, databaseUrl, post, sweepStandings }))
        running.push(sweeper);
    }
  } catch (error) {
    await stopAll(running);
    throw error;
  }
  return { db, billing, secrets, port, monitoringPort, stop: () => stopAll(running) };
}

function usageRouteOptions({ publicUrl, usageRequestsPerSecond }: AppOptions): UsageRouteOptions {
  return {
    takesWebhooks: publicUrl !== null,
    ...(usageRequestsPerSecond === undefined ? {} : { requestsPerSecond: usageRequestsPerSecond }),
  };
}

/** The last started stops first. */
async function stopAll(running: readonly { stop(): Promise<void> }[]): Promise<void> {
  for (const part of running.toReversed()) await part.stop();
}
