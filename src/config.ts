import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { RefillError } from './errors.ts';

const port = z.coerce.number({ error: 'must be a port number' }).int().min(1).max(65_535);
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) address' });

/** A variable set to nothing counts as not set, as people write them in .env files. */
const optional = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

const environment = z.object({
  PORT: optional(port),
  REFILL_ROLE: z.preprocess(
    (v) => (v === '' ? undefined : v),
    z.enum(['all', 'web', 'worker']).default('all'),
  ),
  REFILL_DATA: z.preprocess((v) => (v === '' ? undefined : v), z.string().default('./data')),
  REFILL_LOG: z.preprocess(
    (v) => (v === '' ? undefined : v),
    z.enum(['debug', 'info', 'warn', 'error', 'silent']).optional(),
  ),
  REFILL_PUBLIC_URL: optional(httpUrl),
  REFILL_SECRET_KEY: optional(z.string().min(16, 'must have at least 16 characters')),
  REFILL_PLAY_MONEY: optional(z.enum(['yes', 'no'])),
  REFILL_EXPORT_MAX_RECORDS: z.preprocess(
    (v) => (v === '' ? undefined : v),
    z.coerce.number({ error: 'must be a whole number' }).int().min(1).default(2_000_000),
  ),
  /** `db` reads it whole and says what is wrong with it. */
  DATABASE_URL: optional(z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgres:// address')),
  SLACK_BOT_TOKEN: optional(z.string().startsWith('xoxb-', 'must start with xoxb-')),
  SLACK_SIGNING_SECRET: optional(z.string().min(8, 'must have at least 8 characters')),
  SLACK_APP_TOKEN: optional(z.string().startsWith('xapp-', 'must start with xapp-')),
  SLACK_API_URL: optional(httpUrl),
  STRIPE_SECRET_KEY: optional(z.string().min(8, 'must have at least 8 characters')),
  STRIPE_WEBHOOK_SECRET: optional(z.string().min(8, 'must have at least 8 characters')),
  STRIPE_API_URL: optional(httpUrl),
  STRIPE_INVOICES: optional(z.enum(['yes', 'no'])),
  REFILL_DEMO_HISTORY: optional(z.enum(['yes', 'no'])),
  REFILL_OPERATOR_CHANNEL: optional(
    z.string().regex(/^[CG][A-Z0-9]{6,}$/, 'must be a channel’s id like C0123456789'),
  ),
});

export interface LiveConfig {
  /** `sandbox` when both addresses are this machine's own: stand-ins run by somebody else. */
  mode: 'live' | 'play_money' | 'sandbox';
  slack: {
    botToken: string;
    apiUrl: string | undefined;
    delivery: { kind: 'http'; signingSecret: string } | { kind: 'socket'; appToken: string };
  };
  stripe: { secretKey: string; webhookSecret: string | undefined; apiUrl: string | undefined };
  /** Workspace tokens are encrypted under this. */
  secretKey: string;
  publicUrl: string;
}

export interface Config {
  /** The port people (or Slack) come to. */
  port: number;
  /** True when PORT was given: then no other port will do. */
  isPortChosen: boolean;
  role: 'all' | 'web' | 'worker';
  dataFolder: string;
  logLevel: string;
  /** What one export of usage may be: records at most, and the bytes above which its file is packed. */
  exportLimits: { records: number; packAboveBytes: number };
  /** Whether invoices are mirrored to the processor's invoicing, live. */
  mirrorsInvoices: boolean;
  /** Whether the try-out’s company has a history when it is founded. */
  hasDemoHistory: boolean;
  /** The Slack channel for operator notices, where there is one. */
  operatorChannel: string | undefined;
  /** Absent: the embedded PostgreSQL in the data folder. */
  databaseUrl: string | undefined;
  /** Absent: the try-out, with the local workspace and the local card processor. */
  live: LiveConfig | undefined;
}

const DEFAULT_PORT = 3000;

/** What the try-out seals secrets with. They guard nothing but this machine's own play. */
export const TRY_OUT_SECRET_KEY = 'the local try-out guards no secrets';
/** About 100,000 records: what mail and phones still take well. */
const PACK_EXPORTS_ABOVE_BYTES = 20_000_000;

/**
 * The environment as a Config; the only reader of it. Throws one RefillError `bad-configuration` that lists
 * every fault, a line each. Credentials are all or nothing: a half-configured app does not start.
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const parsed = environment.safeParse(env);
  const faults = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  const vars = parsed.success ? parsed.data : undefined;
  const live = vars === undefined ? undefined : readLive(vars, faults);
  if (vars === undefined || faults.length > 0) {
    const list = faults.map((fault) => `  - ${fault}`).join('\n');
    throw new RefillError(
      'bad-configuration',
      `Refill cannot start; the environment has to be mended:\n${list}`,
    );
  }
  return {
    port: vars.PORT ?? DEFAULT_PORT,
    isPortChosen: vars.PORT !== undefined,
    role: vars.REFILL_ROLE,
    dataFolder: vars.REFILL_DATA,
    logLevel: vars.REFILL_LOG ?? (live === undefined ? 'warn' : 'info'),
    exportLimits: {
      records: vars.REFILL_EXPORT_MAX_RECORDS,
      packAboveBytes: PACK_EXPORTS_ABOVE_BYTES,
    },
    mirrorsInvoices: vars.STRIPE_INVOICES === 'yes',
    hasDemoHistory: vars.REFILL_DEMO_HISTORY !== 'no',
    operatorChannel: vars.REFILL_OPERATOR_CHANNEL,
    databaseUrl: vars.DATABASE_URL,
    live,
  };
}

type Vars = z.output<typeof environment>;

/** Undefined when nothing of Slack or Stripe is set: the try-out. Otherwise all of it has to be there. */
function readLive(vars: Vars, faults: string[]): LiveConfig | undefined {
  const touched = [
    vars.SLACK_BOT_TOKEN,
    vars.SLACK_SIGNING_SECRET,
    vars.SLACK_APP_TOKEN,
    vars.SLACK_API_URL,
    vars.STRIPE_SECRET_KEY,
    vars.STRIPE_WEBHOOK_SECRET,
    vars.STRIPE_API_URL,
  ];
  if (touched.every((value) => value === undefined)) return undefined;
  const { SLACK_BOT_TOKEN: botToken, STRIPE_SECRET_KEY: stripeKey } = vars;
  const why = 'with Slack or Stripe configured, both have to be, completely';
  if (botToken === undefined) faults.push(`SLACK_BOT_TOKEN is missing: ${why}`);
  if (stripeKey === undefined) faults.push(`STRIPE_SECRET_KEY is missing: ${why}`);
  if (vars.SLACK_SIGNING_SECRET === undefined && vars.SLACK_APP_TOKEN === undefined) {
    faults.push(`SLACK_SIGNING_SECRET (HTTP) or SLACK_APP_TOKEN (Socket Mode) is missing: ${why}`);
  }
  if (botToken === undefined || stripeKey === undefined) return undefined;
  return {
    mode: readMode(vars, stripeKey, faults),
    slack: {
      botToken,
      apiUrl: vars.SLACK_API_URL,
      delivery:
        vars.SLACK_APP_TOKEN === undefined
          ? { kind: 'http', signingSecret: vars.SLACK_SIGNING_SECRET ?? '' }
          : { kind: 'socket', appToken: vars.SLACK_APP_TOKEN },
    },
    stripe: { secretKey: stripeKey, webhookSecret: vars.STRIPE_WEBHOOK_SECRET, apiUrl: vars.STRIPE_API_URL },
    secretKey: vars.REFILL_SECRET_KEY ?? botToken,
    publicUrl: (vars.REFILL_PUBLIC_URL ?? `http://localhost:${vars.PORT ?? DEFAULT_PORT}`).replace(/\/$/, ''),
  };
}

/** Real people never meet play money unless it was asked for by name, and play money never meets real cards. */
function readMode(vars: Vars, stripeKey: string, faults: string[]): LiveConfig['mode'] {
  const isLocalSlack = isLoopback(vars.SLACK_API_URL);
  const isPlayMoney = stripeKey.startsWith('sk_test_') || isLoopback(vars.STRIPE_API_URL);
  if (vars.REFILL_PLAY_MONEY === 'yes') {
    if (!isPlayMoney) faults.push('REFILL_PLAY_MONEY is yes, but STRIPE_SECRET_KEY would charge real cards');
    return 'play_money';
  }
  if (isLocalSlack && isPlayMoney) return 'sandbox';
  if (isLocalSlack)
    faults.push('SLACK_API_URL is a local stand-in, but STRIPE_SECRET_KEY would charge real cards');
  if (isPlayMoney) {
    faults.push(
      'STRIPE_SECRET_KEY is for play money, but Slack is real: set REFILL_PLAY_MONEY=yes if that is meant',
    );
  }
  return 'live';
}

function isLoopback(url: string | undefined): boolean {
  return url !== undefined && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}

/** The process's environment, with a `.env` file of the working folder filling what is not set. */
export function loadEnvironment(): Record<string, string | undefined> {
  return { ...readDotEnv('.env'), ...process.env };
}

function readDotEnv(path: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return {};
  }
  const lines = text
    .split(/\r?\n/)
    .map((line) => /^\s*(?:export\s+)?([A-Z0-9_]+)\s*=\s*(.*?)\s*$/.exec(line));
  return Object.fromEntries(
    lines.flatMap((match) =>
      match?.[1] === undefined ? [] : [[match[1], (match[2] ?? '').replace(/^(['"])(.*)\1$/, '$2')]],
    ),
  );
}
