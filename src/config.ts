import { type DEMO_KINDS, environment, tidyValue } from './config/environment.ts';
import { readDotEnv } from './config/read-dot-env.ts';
import { type LiveConfig, readLive } from './config/read-live.ts';
import { readSecretFiles, SECRET_FILE_NAMES } from './config/secret-files.ts';
import { RefillError } from './errors.ts';

export type { LiveConfig };

export interface Config {
  /** The port people (or Slack) come to. */
  port: number;
  /** True when PORT was given: then no other port will do. */
  isPortChosen: boolean;
  /** The address that the live app listens on. */
  host: string;
  role: 'all' | 'web' | 'worker';
  dataFolder: string;
  logLevel: string;
  /** True when REFILL_LOG was given. */
  isLogLevelChosen: boolean;
  /** What one export of usage may be: records at most, and the bytes above which its file is packed. */
  exportLimits: { records: number; packAboveBytes: number };
  /** How many requests a second a key of the usage API may send. */
  usageRequestsPerSecond: number;
  /** Connections to the database at most, for everything but jobs. */
  webConnections: number;
  /** How many jobs run at once; each may need a connection of its own. */
  jobsAtOnce: number;
  /** Who shows it may read the metrics; absent: this machine alone may. */
  metricsToken: string | undefined;
  /** Where the live app answers monitoring; with a port that was not given, the next free one. */
  monitoring: { host: string; port: number; isChosen: boolean };
  /** Whether invoices are mirrored to the processor's invoicing, live. */
  mirrorsInvoices: boolean;
  /**
   * The try-out's company: with a `history` of two months, `new` without one, one that pays by `invoice`, or `empty`: nothing
   * is set up yet.
   */
  demo: (typeof DEMO_KINDS)[number];
  /** The Slack channel for operator notices, where there is one. */
  operatorChannel: string | undefined;
  /** Absent: the embedded PostgreSQL in the data folder. */
  databaseUrl: string | undefined;
  /** Absent: the try-out, with the local workspace and the local card processor. */
  live: LiveConfig | undefined;
}

const DEFAULT_PORT = 3000;
const DEFAULT_MONITORING_PORT = 9464;

/** What the try-out seals secrets with. They guard nothing but this machine's own play. */
export const TRY_OUT_SECRET_KEY = 'the local try-out guards no secrets';
/** The API key of the try-out's own card processor. */
export const TRY_OUT_PROCESSOR_KEY = 'sk_test_local_processor';
/** About 100,000 records: what mail and phones still take well. */
const PACK_EXPORTS_ABOVE_BYTES = 20_000_000;

/** The names of every variable that Refill reads. */
export const SETTING_NAMES: ReadonlySet<string> = new Set(Object.keys(environment.shape));

/** What may stand in a `.env` file: the settings, and where a secret's file is. */
const NAMES_IN_FILE: ReadonlySet<string> = new Set([...SETTING_NAMES, ...SECRET_FILE_NAMES]);

/** What is wrong with the files that an environment came from in part; reported with every other fault. */
const faultsOfFiles = new WeakMap<object, readonly string[]>();

/**
 * The process's environment; a `.env` file of the working folder fills what is not set, and files that `…_FILE` variables
 * name hold secrets.
 */
export function loadEnvironment(own = process.env, file = '.env'): Record<string, string | undefined> {
  const dotEnv = readDotEnv(file, NAMES_IN_FILE);
  const given = { ...dotEnv.values, ...own };
  const secrets = readSecretFiles(given);
  const env = { ...given, ...secrets.values };
  faultsOfFiles.set(env, [...dotEnv.faults, ...secrets.faults]);
  return env;
}

/**
 * The environment as a Config; the only reader of it. Throws one RefillError `bad-configuration` that lists
 * every fault, a line each. Credentials are all or nothing: a half-configured app does not start.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const tidy = Object.fromEntries([...SETTING_NAMES].map((name) => [name, tidyValue(env[name])]));
  const parsed = environment.safeParse(tidy);
  const issues = parsed.success ? [] : parsed.error.issues;
  const wrong = new Set(issues.map(({ path }) => String(path[0])));
  const { live, faults } = readLive(tidy, DEFAULT_PORT);
  const list = [
    ...(faultsOfFiles.get(env) ?? []),
    ...issues.map(({ path, message }) => `${path.join('.')} ${message}`),
    // A value that is wrong in itself is told once.
    ...faults.filter((fault) => !wrong.has(fault.split(' ', 1)[0] ?? '')),
  ];
  if (!parsed.success || list.length > 0) {
    throw new RefillError(
      'bad-configuration',
      `Refill cannot start. Fix these environment variables:\n${list.map((fault) => `  - ${fault}`).join('\n')}`,
    );
  }
  const vars = parsed.data;
  return {
    port: vars.PORT ?? DEFAULT_PORT,
    isPortChosen: vars.PORT !== undefined,
    host: vars.REFILL_HOST ?? '0.0.0.0',
    role: vars.REFILL_ROLE,
    dataFolder: vars.REFILL_DATA,
    logLevel: vars.REFILL_LOG ?? (live === undefined ? 'warn' : 'info'),
    isLogLevelChosen: vars.REFILL_LOG !== undefined,
    exportLimits: {
      records: vars.REFILL_EXPORT_MAX_RECORDS,
      packAboveBytes: PACK_EXPORTS_ABOVE_BYTES,
    },
    usageRequestsPerSecond: vars.REFILL_USAGE_REQUESTS_PER_SECOND,
    webConnections: vars.REFILL_WEB_CONNECTIONS,
    jobsAtOnce: vars.REFILL_JOBS_AT_ONCE,
    metricsToken: vars.REFILL_METRICS_TOKEN,
    monitoring: readMonitoring(vars.REFILL_MONITORING),
    mirrorsInvoices: vars.STRIPE_INVOICES === 'yes',
    demo: vars.REFILL_DEMO,
    operatorChannel: vars.REFILL_OPERATOR_CHANNEL,
    databaseUrl: vars.DATABASE_URL,
    live,
  };
}

/** `host:port`; nobody but this machine reaches it unless another host is given. */
function readMonitoring(given: string | undefined): Config['monitoring'] {
  if (given === undefined) return { host: '127.0.0.1', port: DEFAULT_MONITORING_PORT, isChosen: false };
  const at = given.lastIndexOf(':');
  const host = given.slice(0, at).replace(/^\[(.*)\]$/, '$1');
  return { host: host === '' ? '127.0.0.1' : host, port: Number(given.slice(at + 1)), isChosen: true };
}
