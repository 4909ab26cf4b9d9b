import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { RefillError } from '../../src/errors.ts';

const SLACK = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 'secret-of-slack' };
const STRIPE = { STRIPE_SECRET_KEY: 'sk_live_12345678' };

function faultsOf(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof RefillError) return error.message;
    throw error;
  }
  return '';
}

describe('the environment', () => {
  it('needs nothing: an empty one is the try-out on port 3000', () => {
    expect(readConfig({})).toMatchObject({ port: 3000, isPortChosen: false, role: 'all', live: undefined });
  });

  it('treats a variable set to nothing as not set', () => {
    expect(readConfig({ SLACK_BOT_TOKEN: '', PORT: '' }).live).toBeUndefined();
  });

  it('reports every fault at once, by name', () => {
    const message = faultsOf({ PORT: 'http', DATABASE_URL: 'mysql://x', REFILL_ROLE: 'boss' });
    expect(message).toMatch(/PORT must be a port number/);
    expect(message).toMatch(/DATABASE_URL must be a postgres/);
    expect(message).toMatch(/REFILL_ROLE/);
  });

  it.each([
    [{ SLACK_BOT_TOKEN: 'xoxb-1' }, /STRIPE_SECRET_KEY is missing/],
    [{ ...STRIPE }, /SLACK_BOT_TOKEN is missing/],
    [{ ...STRIPE, SLACK_BOT_TOKEN: 'xoxb-1' }, /SLACK_SIGNING_SECRET \(HTTP\) or SLACK_APP_TOKEN/],
    [{ STRIPE_API_URL: 'http://127.0.0.1:1' }, /SLACK_BOT_TOKEN is missing/],
  ])('refuses half-configured credentials %j', (env, expected) => {
    expect(faultsOf(env as Record<string, string>)).toMatch(expected);
  });

  it('takes real credentials by HTTP and by Socket Mode', () => {
    expect(readConfig({ ...SLACK, ...STRIPE }).live).toMatchObject({
      mode: 'live',
      slack: { delivery: { kind: 'http' } },
    });
    expect(readConfig({ ...SLACK, ...STRIPE, SLACK_APP_TOKEN: 'xapp-1' }).live).toMatchObject({
      slack: { delivery: { kind: 'socket', appToken: 'xapp-1' } },
    });
  });

  it('keeps play money from a real workspace unless it is asked for by name', () => {
    const test = { ...SLACK, STRIPE_SECRET_KEY: 'sk_test_12345678' };
    expect(faultsOf(test)).toMatch(/REFILL_PLAY_MONEY=yes/);
    expect(readConfig({ ...test, REFILL_PLAY_MONEY: 'yes' }).live?.mode).toBe('play_money');
    expect(faultsOf({ ...SLACK, ...STRIPE, REFILL_PLAY_MONEY: 'yes' })).toMatch(/would charge real cards/);
  });

  it('keeps a local workspace from real cards', () => {
    expect(faultsOf({ ...SLACK, ...STRIPE, SLACK_API_URL: 'http://127.0.0.1:9/api/' })).toMatch(/real cards/);
  });

  it('runs against stand-ins at both ends when both addresses are this machine’s own', () => {
    const both = {
      SLACK_API_URL: 'http://127.0.0.1:9/api/',
      STRIPE_API_URL: 'http://localhost:8',
      STRIPE_SECRET_KEY: 'sk_test_12345678',
    };
    expect(readConfig({ ...SLACK, ...both }).live?.mode).toBe('sandbox');
  });
});
