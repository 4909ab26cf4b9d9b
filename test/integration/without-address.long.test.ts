import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Db, openDb } from '../../src/db/index.ts';
import { createLogger } from '../../src/log.ts';
import { type Driver, visibleText } from '../../src/stand-ins/local-workspace/index.ts';
import { CHANNEL_ID, type Installation, prepareInstallation, SECRETS } from '../rehearsal/installation.ts';
import { fetchApi } from '../support/api-document.ts';
import { freePort } from '../support/free-port.ts';

/** A live installation that nothing reaches from outside, with its web and worker processes apart. */
let installation: Installation;
let driver: Driver;
let env: Record<string, string>;
let db: Db;
let workerOutput = (): string => '';

beforeAll(async () => {
  installation = await prepareInstallation('socket');
  driver = installation.slack.driver;
  env = {
    DATABASE_URL: installation.databaseUrl,
    REFILL_PUBLIC_URL: 'none',
    REFILL_SECRET_KEY: SECRETS.secretKey,
    REFILL_OPERATOR_CHANNEL: CHANNEL_ID,
    SLACK_BOT_TOKEN: SECRETS.botToken,
    SLACK_APP_TOKEN: SECRETS.appToken,
    STRIPE_SECRET_KEY: SECRETS.stripeKey,
  };
});
afterAll(async () => {
  await db?.$disconnect();
  await installation?.close();
});

const web = { REFILL_ROLE: 'web' };
const run = async (line: string, more: Record<string, string> = {}) =>
  await installation.run(line, { ...env, ...more });

/** Renames the newest migration in the database's own record; returns what it was called. */
async function rename(choose: (current: string) => string): Promise<{ name: string }> {
  const [newest] = await db.$queryRaw<{ id: string; name: string }[]>`
    SELECT id, migration_name AS name FROM _prisma_migrations ORDER BY migration_name DESC LIMIT 1`;
  const { id = '', name = '' } = newest ?? {};
  await db.$executeRaw`UPDATE _prisma_migrations SET migration_name = ${choose(name)} WHERE id = ${id}`;
  return { name };
}

describe('a web process', () => {
  it('refuses a database without tables, and a newer schema, in a sentence', async () => {
    const empty = await run('npm start', web);
    expect([empty.status, empty.output]).toEqual([
      1,
      expect.stringMatching(/The database is empty.*refill migrate/),
    ]);

    expect((await run('npx refill migrate')).status).toBe(0);
    db = await openDb({ url: installation.databaseUrl, poolSize: 2, log: createLogger('silent') });
    const { name } = await rename((current) => `${current}_of_a_later_version`);
    const ahead = await run('npm start', web);
    expect([ahead.status, ahead.output]).toEqual([1, expect.stringMatching(/newer version of Refill/)]);
    await rename(() => name);
    expect(`${empty.output}${ahead.output}`).not.toMatch(/\n {4}at /);
  });
});

describe('without a public address', () => {
  it('web and worker start over Socket Mode, and the worst faults stand in the log', async () => {
    const port = `${await freePort()}`;
    await installation.start('npm start', { ...env, ...web }, /Refill answers at .*role web/);
    workerOutput = await installation.start(
      'npm start',
      { ...env, REFILL_ROLE: 'worker', PORT: port },
      /Refill works .*role worker/,
    );
    await driver.eventually(async () => /No rate deck is in force/.test(workerOutput()));
  });

  it('a company is linked and its admin answered, over the socket', async () => {
    const added = await run('npx refill company add --name "Acme Corp" --office "New York"');
    const code = /\/credits link (\S+)/.exec(added.output)?.[1];
    await driver.eventually(
      async () => (await driver.command('ana', '#phone-credits', `/credits link ${code}`)).ok,
    );
    await driver.eventually(async () => (await db.roleAssignment.count()) === 1);
    await driver.command('ana', '#phone-credits', '/invite @Refill');
    await driver.command('ana', '#phone-credits', '/credits');
    await driver.eventually(async () =>
      /\$0\.00/.test(visibleText(await driver.messages('ana', '#phone-credits'))),
    );
  });

  it('usage without a rate is an operator notice: listed, counted in the metrics, and posted once', async () => {
    const { output } = await run('npx refill api-key create --company "Acme Corp" --name switch');
    const sent = await fetchApi(`${installation.appUrl}/v1/usage`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${/rk_\S+/.exec(output)?.[0]}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify([
        { id: 'text-1', kind: 'sms', at: new Date().toISOString(), external_number: '+14155550199' },
      ]),
    });
    expect(await sent.text()).toMatch(/"unrated"/);
    const posted = async () =>
      (await driver.messages('ana', '#phone-credits')).filter(({ text }) => /no rate is in force/.test(text));
    await driver.eventually(async () => (await posted()).length === 1);
    const metrics = await (await fetch(`${installation.appUrl}/metrics`)).text();
    expect(metrics).toMatch(/^refill_operator_notices_open 1$/m);
    const listed = await run('npx refill operator list --json 2>/dev/null');
    expect(JSON.parse(listed.output)).toMatchObject({ notices: [{ kind: 'usage-waits-for-a-rate' }] });
  });

  it('doctor says what is off, and takes nothing that is off for a fault', async () => {
    const { output } = await run('npx refill doctor --json 2>/dev/null');
    const { checks } = JSON.parse(output) as { checks: { id: string; result: string; finding: string }[] };
    const find = (id: string) => checks.find((check) => check.id === id);
    expect(find('public-address')?.finding).toMatch(/Webhooks of phone systems are off/);
    expect(find('processor-endpoint')?.result).toBe('not_checked');
    const faults = checks.filter(({ result }) => result === 'fault').map(({ id }) => id);
    // What this company was not given: a channel and rates.
    expect(faults.sort()).toEqual(['channels', 'operator-notices', 'rates', 'usage']);
    const webhook = await fetch(`${installation.appUrl}/webhooks/usage/any`, { method: 'POST', body: 'x' });
    expect(webhook.status).toBe(404);
    const refused = await run('npx refill webhook create --company "Acme Corp"');
    expect(refused.status).toBe(1);
  });
});
