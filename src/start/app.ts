import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type BillingDeps,
  billingJobs,
  billingSweeps,
  causeChecks,
  checkRecharge,
  createBilling,
  oldCardLinks,
  readAmountToResume as readAddition,
  slowBillingSweeps,
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
import { SECOND_MS } from '../durations.ts';
import {
  billingRoutes,
  createMetrics,
  healthRoutes,
  startHttp,
  type UsageRouteOptions,
  usageRoutes,
} from '../http/index.ts';
import { createDigestSweep, createLedgerSweep, createNightlyVerify } from '../ledger/index.ts';
import { sweepLimits, watchLimits } from '../limits/index.ts';
import type { Logger } from '../log.ts';
import {
  deliverNotice,
  oldNotices,
  sendEvents,
  sweepEndpoints,
  sweepEnforcement,
  sweepNotices,
  sweepQuietHours,
  sweepSentEvents,
  watchBalance,
} from '../notices/index.ts';
import {
  announceOperatorNotices,
  checkSecretKey,
  createDeliveryRecorder,
  createSecretBox,
  type InstanceMode,
  isFullVerificationDue,
  type OperatorPost,
  oldLinkAttempts,
  recordVerification,
  type SecretBox,
  stampInstance,
  sweepDirectories,
  syncDirectoryJob,
} from '../org/index.ts';
import { createCleanupSweep, type JobHandlers, startSweeper, startWorker } from '../queue/index.ts';
import { createSlackApp, sweepDigests, sweepPeople } from '../slack/index.ts';
import {
  convertUsage,
  createRetentionSweep,
  createSilenceSweep,
  createSpendingSweep,
  type ExportLimits,
  judgeSpending,
  oldExports,
  oldHoldRequests,
  runExport,
  spendingChecks,
  sweepExports,
  sweepInbox,
  sweepLegs,
  sweepSchedules,
  sweepUnrated,
  type UsageDeps,
} from '../usage/index.ts';
import { type MonitoringAddress, startMonitoring } from './start-monitoring.ts';

const DEFAULT_WEB_CONNECTIONS = 10;
const DEFAULT_JOBS_AT_ONCE = 6;
const SLOW_SWEEP_MS = 30 * SECOND_MS;
const SPENDING_SWEEP_MS = 10 * SECOND_MS;
/** What is deleted at night; docs/operate/sizing.md lists every table. */
const CLEANUPS = [oldNotices, oldExports, oldHoldRequests, oldCardLinks, oldLinkAttempts];
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
    delivery: { kind: 'http'; signingSecret: string } | { kind: 'socket'; appToken: string };
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
      running.push(
        startSweeper(
          {
            ...billingSweeps(billing),
            notices: () => sweepNotices({ db, clock }),
            'quiet-hours': () => sweepQuietHours({ db, clock }),
            endpoints: () => sweepEndpoints({ db, clock }),
            exports: () => sweepExports({ db, clock }),
            directories: () => sweepDirectories({ db, clock }),
          },
          log,
        ),
      );
      running.push(
        startSweeper(
          {
            ledger: createLedgerSweep({ db, clock }),
            limits: () => sweepLimits({ db, clock }),
            inbox: () => sweepInbox(usage),
            legs: () => sweepLegs({ db, clock }),
            people: () => sweepPeople({ db, clock }),
            digests: () => sweepDigests({ db, clock }),
            schedules: () => sweepSchedules({ db, clock }),
            standings: slack.sweepStandings,
            ...slowBillingSweeps(billing),
            retention: createRetentionSweep({ db, clock }),
            cleanup: createCleanupSweep({ db, clock }, CLEANUPS),
            unrated: () => sweepUnrated({ db, clock }),
            silence: createSilenceSweep({ db, clock }),
            'sent-events': () => sweepSentEvents({ db, clock }),
            enforcement: () => sweepEnforcement({ db, clock }),
            'operator-notices': () => announceOperatorNotices({ db, clock, log, post }),
          },
          log,
          SLOW_SWEEP_MS,
        ),
      );
      // Beside the others, so that what is unusual is told within a minute whatever they take.
      running.push(startSweeper({ spending: createSpendingSweep({ db, clock }) }, log, SPENDING_SWEEP_MS));
      // Beside the others, which cannot wait for the minutes that it takes.
      running.push(
        startSweeper(
          {
            'book-digests': createDigestSweep({ db, clock, signer: secrets }),
            verification: createNightlyVerify({
              url: options.databaseUrl,
              clock,
              log,
              checks: [...causeChecks, ...spendingChecks],
              signer: secrets,
              isFullDue: (day) => isFullVerificationDue(db, day),
              record: (night) => recordVerification(db, night),
            }),
          },
          log,
          SLOW_SWEEP_MS,
        ),
      );
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
