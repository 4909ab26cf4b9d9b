import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CompactSign } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { grantCredits, verifyLedger } from '../../src/ledger/index.ts';
import { createLogger } from '../../src/log.ts';
import { dollars } from '../../src/money.ts';
import { createSecretBox, importDirectory } from '../../src/org/index.ts';
import { createApiKey, createWebhook, importSampleDeck, repairUsage } from '../../src/usage/index.ts';
import { fetchApi, UndocumentedError } from '../support/api-document.ts';
import { testCompany } from '../support/company.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { takeDatabaseAway } from '../support/database-away.ts';

const LINE = '+14155550101';
const EVENTS = 400;
const REQUESTS = 40;
const RECORDS = 20;
const SENDERS = 16;
const HELD_CALLS = 60;

const secretKey = randomBytes(32).toString('base64');
let database: TestDatabase;
let companyId: bigint;
let key: string;
let hook: { path: string; secret: string };
let child: ChildProcess;
let port = 0;
/** Events and requests that were answered as taken. */
let taken = 0;

beforeAll(async () => {
  database = await freshDatabase();
  const { db } = database;
  const at = systemClock.now();
  ({ companyId } = await testCompany(db));
  await importDirectory(db, companyId, { numbers: `number\n${LINE}\n` }, at);
  await importSampleDeck(db, at);
  ({ key } = await createApiKey({ db, clock: systemClock }, { companyId, name: 'faults' }));
  hook = await createWebhook({ db, clock: systemClock, secrets: createSecretBox(secretKey) }, companyId);
  await startDoors();
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await database?.close();
});

async function startDoors(): Promise<void> {
  const program = path.resolve('test/faults/ingest/doors-process.ts');
  child = spawn(process.execPath, ['--import', 'tsx', program, database.url, secretKey], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = child.stdout === null ? [] : ((await once(child.stdout, 'data')) as [Buffer]);
  port = Number(line?.toString());
}

async function killDoors(): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

/** Sends until it is taken, as every sender must: whoever gets no answer, or a 5xx, comes again with the same. */
async function insist(door: string, body: string, bearer = key): Promise<void> {
  for (;;) {
    const answer = await fetchApi(`http://127.0.0.1:${port}${door}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body,
    }).catch((error: unknown) => {
      if (error instanceof UndocumentedError) throw error;
      return null;
    });
    const text = await answer?.text().catch(() => '');
    if (answer?.status === 200 && text !== '') break;
    if (answer !== null && answer.status !== 200 && answer.status < 500) throw new Error(`refused: ${text}`);
    await sleep(20);
  }
  taken += 1;
}

const sign = (payload: object): Promise<string> =>
  new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'HS256' })
    .sign(Buffer.from(hook.secret));

function hangup(n: number): Promise<string> {
  const now = Date.now();
  return sign({
    call_id: `${5_600_000_000_000_000 + n}`,
    state: 'hangup',
    direction: 'outbound',
    external_number: '+442079460000',
    internal_number: LINE,
    date_started: now - 90_000,
    date_connected: now - 80_000,
    duration: 1_000.5 + n,
    event_timestamp: now - 10_000,
  });
}

function request(n: number): string {
  const answered_at = new Date(Date.now() - 60_000).toISOString();
  return JSON.stringify(
    Array.from({ length: RECORDS }, (_, i) => ({
      id: `record-${n}-${i}`,
      kind: 'call',
      direction: 'outbound',
      external_number: '+442079460000',
      internal_number: LINE,
      answered_at,
      duration_seconds: 60 + i,
    })),
  );
}

async function whenTaken(count: number): Promise<void> {
  while (taken < count) await sleep(5);
}

it('usage that is sent until it is taken is booked once, through kill -9 and a database that goes away', async () => {
  const { db, url } = database;
  const all = [
    ...(await Promise.all(
      Array.from({ length: EVENTS }, async (_, n) => [hook.path, await hangup(n)] as const),
    )),
    ...Array.from({ length: REQUESTS }, (_, n) => ['/v1/usage', request(n)] as const),
  ].sort((a, b) => (a[1] < b[1] ? -1 : 1));
  const queue = all.values();
  const senders = Array.from({ length: SENDERS }, async () => {
    for (const [door, body] of queue) await insist(door, body);
  });
  const troubles = async (): Promise<void> => {
    await whenTaken(60);
    await killDoors();
    await startDoors();
    await whenTaken(160);
    const bringBack = await takeDatabaseAway(url);
    await sleep(200);
    await bringBack();
    await whenTaken(300);
    await killDoors();
    await startDoors();
  };
  await Promise.all([...senders, troubles()]);
  const secrets = createSecretBox(secretKey);
  await repairUsage({ db, secrets, clock: systemClock, log: createLogger('silent') }, companyId);
  const booked = await db.usageRecord.findMany({ where: { companyId }, select: { externalId: true } });
  expect(booked).toHaveLength(EVENTS + REQUESTS * RECORDS);
  expect(new Set(booked.map(({ externalId }) => externalId)).size).toBe(booked.length);
  expect(await db.usageInbox.count()).toBe(0);
  const findings: unknown[] = [];
  await verifyLedger(db, { onFinding: (finding) => findings.push(finding) });
  expect(findings).toEqual([]);
});

it('a hold is captured once, and charged once, through kill -9 and a database that goes away', async () => {
  const { db, url } = database;
  const of = { companyId, name: 'holds', scopes: ['holds:write'], capture: 'posts' } as const;
  const { key: holdKey } = await createApiKey({ db, clock: systemClock }, of);
  const { pooled } = await db.company.findUniqueOrThrow({ where: { id: companyId } });
  const officeId = pooled ? null : (await db.office.findFirstOrThrow({ where: { companyId } })).id;
  await grantCredits(db, {
    ...{
      companyId,
      officeId,
      kind: 'general',
      amount: dollars('1000'),
      key: 'for-holds',
      source: 'purchase',
    },
    ...{ reference: '1', actor: 'test', reason: 'test', at: systemClock.now() },
  });
  const call = {
    kind: 'call',
    direction: 'outbound',
    external_number: '+442079460000',
    internal_number: LINE,
  };
  const answered_at = new Date(Date.now() - 60_000).toISOString();
  const before = await db.usageRecord.count({ where: { companyId } });
  taken = 0;
  const ids = Array.from({ length: HELD_CALLS }, (_, n) => `held-${n}`).values();
  const senders = Array.from({ length: SENDERS }, async () => {
    for (const id of ids) {
      const usage = { ...call, id, answered_at, duration_seconds: 130 };
      await insist('/v1/holds', JSON.stringify({ ...call, id, seconds: 60 }), holdKey);
      await insist(`/v1/holds/${id}/extend`, JSON.stringify({ seconds: 120 }), holdKey);
      await insist(`/v1/holds/${id}/capture`, JSON.stringify({ usage }), holdKey);
    }
  });
  const troubles = async (): Promise<void> => {
    await whenTaken(30);
    await killDoors();
    await startDoors();
    await whenTaken(80);
    const bringBack = await takeDatabaseAway(url);
    await sleep(200);
    await bringBack();
    await whenTaken(130);
    await killDoors();
    await startDoors();
  };
  await Promise.all([...senders, troubles()]);
  expect((await db.usageRecord.count({ where: { companyId } })) - before).toBe(HELD_CALLS);
  expect(await db.hold.groupBy({ by: ['state'], where: { companyId }, _count: true })).toEqual([
    { state: 'settled', _count: HELD_CALLS },
  ]);
  const wallets = await db.wallet.findMany({ where: { companyId } });
  expect(wallets.map(({ heldCallsMicros }) => heldCallsMicros)).toEqual(wallets.map(() => 0n));
  const findings: unknown[] = [];
  await verifyLedger(db, { onFinding: (finding) => findings.push(finding) });
  expect(findings).toEqual([]);
});
