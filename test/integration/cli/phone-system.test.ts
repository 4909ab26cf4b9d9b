import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demoDirectory } from '../../../src/demo/index.ts';
import {
  type DirectoryApi,
  startDirectoryApi,
} from '../../../src/stand-ins/local-phone-system/directory-api.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { type RefillRun, runRefill } from '../../support/run-refill.ts';

let database: TestDatabase;
let phones: DirectoryApi;
let folder: string;

beforeAll(async () => {
  [database, phones, folder] = await Promise.all([
    freshDatabase(),
    startDirectoryApi(demoDirectory()),
    mkdtemp(path.join(tmpdir(), 'refill-phones-')),
  ]);
  await writeFile(path.join(folder, 'key'), `${phones.key}\n`);
  await writeFile(path.join(folder, 'wrong-key'), 'another-key\n');
  expect(await refill('company', 'add', '--name', 'Acme Corp', '--office', 'Main')).toMatchObject({
    status: 0,
  });
});
afterAll(async () => {
  await phones?.close();
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});

function refill(...args: string[]): Promise<RefillRun> {
  return runRefill(args, {
    DATABASE_URL: database.url,
    REFILL_PUBLIC_URL: 'https://refill.example.com',
    REFILL_SECRET_KEY: 'a key of this test alone',
    SLACK_BOT_TOKEN: 'xoxb-of-the-test',
    SLACK_SIGNING_SECRET: 'signing-secret-of-the-test',
    STRIPE_SECRET_KEY: 'sk_live_of_the_test',
    STRIPE_WEBHOOK_SECRET: 'whsec_of_the_test',
  });
}

const subscribe = (key: string): Promise<RefillRun> => {
  const keyFile = path.join(folder, key);
  return refill(
    'phone-system',
    'subscribe',
    '--company',
    'Acme Corp',
    '--key-file',
    keyFile,
    '--url',
    phones.url,
  );
};

const liveAddresses = () => database.db.usageWebhook.findMany({ where: { revokedAt: null } });

it('a key that the phone system does not accept leaves no address behind', async () => {
  const refused = await subscribe('wrong-key');
  expect(refused).toMatchObject({ status: 1 });
  expect(refused.stderr).toMatch(/does not accept the key/);
  expect(await liveAddresses()).toEqual([]);
});

it('finished calls and all texts come to one address, however often it is asked for', async () => {
  expect(await subscribe('key')).toMatchObject({ status: 0 });
  const again = await subscribe('key');
  expect(again.stdout).toMatch(/come already/);
  const [webhook, ...others] = await liveAddresses();
  expect(others).toEqual([]);
  const address = `https://refill.example.com/webhooks/dialpad/${webhook?.token}`;
  expect(phones.endpoints).toMatchObject([
    {
      hook_url: address,
      subscriptions: { call: { call_states: ['hangup'] }, sms: { direction: 'all', status: true } },
    },
  ]);
});

it('an answer that fails half-way takes its address back', async () => {
  const [before] = await liveAddresses();
  expect(await refill('webhook', 'revoke', '--company', 'Acme Corp', before?.token ?? '')).toMatchObject({
    status: 0,
  });
  const failing = phones.endpoints.length;
  phones.refusesSubscriptions = true;
  const refused = await subscribe('key');
  expect(refused.status).toBe(1);
  expect(refused.stderr).not.toMatch(/\n\s+at /);
  expect(phones.endpoints).toHaveLength(failing + 1);
  expect(await liveAddresses()).toEqual([]);
});
