import { faultOfPublicAddress, isLoopback } from '../web-address.ts';
import { isTestKey } from './key-kinds.ts';

export interface LiveConfig {
  /** `sandbox` when both addresses are this machine's own: stand-ins that another process runs. */
  mode: 'live' | 'play_money' | 'sandbox';
  slack: {
    botToken: string;
    apiUrl: string | undefined;
    delivery: { kind: 'http'; signingSecret: string } | { kind: 'socket'; appToken: string };
  };
  stripe: { secretKey: string; webhookSecret: string | undefined; apiUrl: string | undefined };
  /** Secrets in the database are sealed under this. */
  secretKey: string;
  /** The key before this one: what is still sealed under it can be read. */
  oldSecretKey: string | undefined;
  /** Null where the app has no public address: no link then points to it. */
  publicUrl: string | null;
}

/** The environment by name, tidied; each value was checked on its own before, and may be wrong. */
type Vars = Record<string, string | undefined>;

/**
 * What the variables say together. `live` is undefined when nothing of Slack or Stripe is set (the try-out) or when a
 * credential is missing; otherwise all of it has to be there.
 */
export function readLive(
  vars: Vars,
  defaultPort: number,
): { live: LiveConfig | undefined; faults: string[] } {
  const faults: string[] = [];
  return { live: read(vars, defaultPort, faults), faults };
}

function read(vars: Vars, defaultPort: number, faults: string[]): LiveConfig | undefined {
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
  if (vars.SLACK_SIGNING_SECRET !== undefined && vars.SLACK_APP_TOKEN !== undefined) {
    faults.push(
      'SLACK_SIGNING_SECRET and SLACK_APP_TOKEN are both set: keep the first for HTTP, or the second for Socket Mode',
    );
  }
  const mode = stripeKey === undefined ? 'live' : readMode(vars, stripeKey, faults);
  faultUnencrypted(vars, faults);
  if (mode === 'live') faultMissing(vars, faults);
  if (botToken === undefined || stripeKey === undefined) return undefined;
  return {
    mode,
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
    oldSecretKey: vars.REFILL_SECRET_KEY_OLD,
    publicUrl: readPublicUrl(vars, mode, defaultPort, faults),
  };
}

/** Real people never meet play money unless it was asked for by name, and play money never meets real cards. */
function readMode(vars: Vars, stripeKey: string, faults: string[]): LiveConfig['mode'] {
  const isLocalSlack = isLoopback(vars.SLACK_API_URL);
  const isPlayMoney = isTestKey(stripeKey) || isLoopback(vars.STRIPE_API_URL);
  if (vars.REFILL_PLAY_MONEY === 'yes') {
    if (!isPlayMoney) faults.push('REFILL_PLAY_MONEY is yes, but STRIPE_SECRET_KEY would charge real cards');
    return 'play_money';
  }
  if (isLocalSlack && isPlayMoney) return 'sandbox';
  if (isLocalSlack)
    faults.push('SLACK_API_URL is a local stand-in, but STRIPE_SECRET_KEY would charge real cards');
  if (isPlayMoney) {
    const what = isTestKey(stripeKey)
      ? 'STRIPE_SECRET_KEY is a test key'
      : 'STRIPE_API_URL is a local stand-in';
    faults.push(`${what}, but Slack is real: set REFILL_PLAY_MONEY=yes if play money is meant`);
  }
  return 'live';
}

/** A key or token on its way to another machine is never sent in clear. */
function faultUnencrypted(vars: Vars, faults: string[]): void {
  for (const name of ['SLACK_API_URL', 'STRIPE_API_URL'] as const) {
    const url = vars[name];
    if (url !== undefined && !url.startsWith('https:') && !isLoopback(url))
      faults.push(`${name} must begin with https://: the secret would be sent in clear`);
  }
}

/** What real credits cannot do without. */
function faultMissing(vars: Vars, faults: string[]): void {
  const needs = (name: string, why: string): void => {
    if (vars[name] === undefined) faults.push(`${name} is missing: ${why}`);
  };
  needs(
    'REFILL_SECRET_KEY',
    'secrets in the database are sealed under it; make one with openssl rand -base64 32',
  );
  needs('DATABASE_URL', 'real credits belong in a PostgreSQL database that you back up');
  needs('REFILL_PUBLIC_URL', 'the https address under which people’s browsers reach Refill, or none');
  if (vars.REFILL_PUBLIC_URL !== 'none')
    needs('STRIPE_WEBHOOK_SECRET', 'Stripe signs with it what it sends to /webhooks/stripe');
}

function readPublicUrl(
  vars: Vars,
  mode: LiveConfig['mode'],
  defaultPort: number,
  faults: string[],
): string | null {
  const given = vars.REFILL_PUBLIC_URL;
  if (given === 'none') {
    if (vars.SLACK_APP_TOKEN === undefined)
      faults.push('REFILL_PUBLIC_URL is none, so Slack needs Socket Mode: set SLACK_APP_TOKEN');
    return null;
  }
  if (given === undefined) return `http://localhost:${vars.PORT ?? defaultPort}`;
  const fault = mode === 'live' ? faultOfPublicAddress(given) : null;
  if (fault !== null) faults.push(`REFILL_PUBLIC_URL ${fault}`);
  return given.replace(/\/+$/, '');
}
