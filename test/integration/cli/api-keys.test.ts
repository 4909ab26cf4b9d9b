import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { HOUR_MS } from '../../../src/durations.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { startHoldApi } from '../../support/hold-api.ts';
import { runRefill } from '../../support/run-refill.ts';

const printed = z.looseObject({ key: z.string() });

let database: TestDatabase;
let api: Awaited<ReturnType<typeof startHoldApi>>;
let company: string;

beforeAll(async () => {
  database = await freshDatabase();
  api = await startHoldApi(database.db);
  company = (await api.openCompany()).companyId.toString();
});
afterAll(async () => {
  await api?.close();
  await database?.close();
});

const refill = (...args: string[]) =>
  runRefill([...args, '--company', company], { DATABASE_URL: database.url }, { clock: api.clock });
const created = async (...args: string[]): Promise<string> =>
  printed.parse(JSON.parse((await refill('api-key', ...args, '--json')).stdout)).key;
const send = (key: string) => api.request('POST', '/v1/usage', key, []);

it('a key is refused from the moment it expires, in words; a rotated one goes on for so many hours', async () => {
  const old = await created(
    'create',
    '--name=pbx',
    `--expires=${new Date(api.clock.now().getTime() + 10 * HOUR_MS).toISOString()}`,
    '--scope=usage:write',
  );
  expect((await send(old)).status).not.toBe(401);
  const next = await created('rotate', old.slice(0, 9), '--hours=2');
  expect([(await send(old)).status, (await send(next)).status]).not.toContain(401);
  api.clock.advance(2 * HOUR_MS + 1);
  expect(await send(old)).toMatchObject({
    status: 401,
    body: {
      error: 'unauthorised',
      message: expect.stringMatching(/^This key expired at .*Z\. Ask your provider for a new one\.$/),
    },
  });
  expect((await send(next)).status).not.toBe(401);
  // It has the old one's name, and no end of its own.
  const { stdout } = await refill('api-key', 'list');
  expect(stdout).toMatch(new RegExp(`${next.slice(0, 9)}…  pbx  usage:write  .*  good  (last|never) used`));
  expect(stdout).toMatch(new RegExp(`${old.slice(0, 9)}…  pbx .* expired `));
  expect(await refill('api-key', 'rotate', old.slice(0, 9))).toMatchObject({ status: 1 });
});

it('a key has a rate of its own, and tells when it was used last', async () => {
  const slow = await created('create', '--name=slow', '--requests-per-second=1');
  const statuses = [];
  for (let i = 0; i < 6; i += 1) statuses.push((await send(slow)).status);
  expect(statuses.slice(0, 2)).not.toContain(429);
  expect(statuses).toContain(429);
  await expect
    .poll(async () => (await refill('api-key', 'list')).stdout)
    .toMatch(/slow {2}usage:write {2}1 requests a second .* last used/);
  expect(await refill('api-key', 'create', '--requests-per-second=0', '--expires=2020-01-01')).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/--requests-per-second takes a whole number from 1 to 10000, not "0"/),
  });
  expect(await refill('api-key', 'create', '--expires=2020-01-01')).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/--expires is over already/),
  });
});
