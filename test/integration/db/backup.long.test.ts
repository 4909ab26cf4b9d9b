import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { advanceOrder } from '../../../src/billing/index.ts';
import { migrateDatabase, openDb } from '../../../src/db/index.ts';
import { postUsage, readBalance } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { type BillingRoom, callOf } from '../../support/billing-room.ts';
import { buyTwenty, type CardedCompany, cardedCompany } from '../../support/carded-company.ts';
import { emptyDatabase } from '../../support/database.ts';
import { findings, paidTwenty, refillIn, startMoneyBackRoom } from '../../support/money-back.ts';
import { numberKey } from '../../support/number-key.ts';

let room: BillingRoom;
let acme: CardedCompany;
let folder: string;
let file: string;

beforeAll(async () => {
  room = await startMoneyBackRoom();
  acme = await cardedCompany(room, 'pm_card_visa');
  folder = await mkdtemp(path.join(tmpdir(), 'refill-backup-'));
  file = path.join(folder, 'refill.backup');
});
afterAll(async () => {
  await room?.close();
  await rm(folder, { recursive: true, force: true });
});

const record = () => ({ ...callOf(acme, '0.01'), usageAt: room.clock.now() });
const post = (to: BillingRoom, records: ReturnType<typeof record>[]) =>
  postUsage(to.deps.db, { numberKey, companyId: acme.companyId, at: to.clock.now(), records });

/** Posts usage, one record after the other, until it is told to stop; answers what it posted. */
function keepPosting(): { stop(): Promise<ReturnType<typeof record>[]> } {
  let isStopped = false;
  const posted: ReturnType<typeof record>[] = [];
  const work = async () => {
    while (!isStopped) {
      const next = record();
      await post(room, [next]);
      posted.push(next);
    }
    return posted;
  };
  const done = work();
  return {
    stop: () => {
      isStopped = true;
      return done;
    },
  };
}

/** The same room on another database. */
async function roomOn(url: string): Promise<{ other: BillingRoom; close(): Promise<void> }> {
  const db = await openDb({ url, poolSize: 4, log: createLogger('silent') });
  const database = { url, db, close: () => db.$disconnect() };
  return { other: { ...room, database, deps: { ...room.deps, db } }, close: () => db.$disconnect() };
}

it('the drill: a backup under load is restored elsewhere, verifies, agrees with the processor and goes on, and nothing is booked or charged twice', async () => {
  await paidTwenty(room, acme);
  // Confirmed, and not charged yet, when the backup is made. The same again within minutes would be asked about.
  room.clock.advance(3_600_000);
  const token = await buyTwenty(room, acme);
  const { id: orderId } = await room.deps.db.purchaseOrder.findUniqueOrThrow({ where: { token } });
  const early = record();
  await post(room, [early]);
  const load = keepPosting();
  const made = await refillIn(room, 'backup', file, '--json');
  const late = await load.stop();
  expect(made).toMatchObject({ status: 0 });
  expect(late.length).toBeGreaterThan(0);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  // The old installation goes on for a while: what was confirmed is charged, and somebody buys once more.
  const { companyId } = acme;
  await advanceOrder(room.deps, { companyId, orderId });
  const after = await paidTwenty(room, acme);
  const charged = await room.charged(companyId);
  expect(charged.toFixed(2)).toBe('60.00');

  const elsewhere = await emptyDatabase();
  const { other, close } = await roomOn(elsewhere.url);
  try {
    expect(await refillIn(other, 'restore', file)).toMatchObject({ status: 0 });
    expect(await refillIn(other, 'verify')).toMatchObject({ status: 0 });
    expect(await findings(other)).toEqual([]);
    // What the processor did since is named; what was confirmed is found at the processor, and not charged again.
    room.clock.advance(31 * 60_000);
    const differing = await refillIn(other, 'reconcile', '--json');
    expect([differing.status, differing.stdout]).toEqual([1, expect.stringContaining(after.intent)]);
    await advanceOrder(other.deps, { companyId, orderId });
    expect(await room.charged(companyId)).toEqual(charged);
    const order = await other.deps.db.purchaseOrder.findUniqueOrThrow({ where: { token } });
    expect(order.state).toBe('settled');

    const outcomes = async (records: ReturnType<typeof record>[]) =>
      (await post(other, records)).map(({ outcome }) => outcome);
    expect(await outcomes([early])).toEqual(['duplicate']);
    await outcomes(late);
    expect(new Set(await outcomes(late))).toEqual(new Set(['duplicate']));
    const [here, there] = await Promise.all([
      room.deps.db.usageRecord.count(),
      other.deps.db.usageRecord.count(),
    ]);
    expect(there).toBe(here);
    // A number that was given out before the backup is not given out again.
    await paidTwenty(other, acme);
    expect(await findings(other)).toEqual([]);
    const { wallets } = await readBalance(other.deps.db, companyId, room.clock.now());
    expect(wallets[0]?.general.plus(wallets[0]?.debt.calls).toFixed(2)).toMatch(/^\d+\.\d\d$/);
  } finally {
    await close();
    await elsewhere.close();
  }
}, 240_000);

it('a backup goes into an empty database only, whole and unchanged, or nothing is changed', async () => {
  const whole = await readFile(file);
  const lines = gunzipSync(whole).toString('latin1');
  const bad = path.join(folder, 'bad.backup');
  const elsewhere = await emptyDatabase();
  const { other, close } = await roomOn(elsewhere.url);
  const restore = async (content: Buffer) => {
    await writeFile(bad, content);
    const { status, stderr } = await refillIn(other, 'restore', bad);
    return [status, stderr.split('\n').slice(1).join('\n')];
  };
  const changed = (from: string, to: string) => gzipSync(Buffer.from(lines.replace(from, to), 'latin1'));
  try {
    expect(await restore(whole.subarray(0, whole.length / 2))).toEqual([
      1,
      expect.stringMatching(/bad\.backup cannot be restored: it is cut off\. Nothing was changed/),
    ]);
    expect(await restore(Buffer.from('no backup'))).toEqual([1, expect.stringMatching(/no backup/)]);
    expect(await restore(changed('Acme', 'Acma'))).toEqual([
      1,
      expect.stringMatching(/it was changed after/),
    ]);
    expect(await restore(changed('"20', '"19'))).toEqual([
      1,
      expect.stringMatching(/newer version of Refill|it was changed after|cannot be restored/),
    ]);
    expect(await other.deps.db.company.count()).toBe(0);
    const { status, stderr } = await refillIn(room, 'restore', file);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/has companies already \(Acme/)]);
    // A database of another version is refused before anything of it is changed.
    const recorded = () => room.deps.db.$queryRaw`SELECT migration_name FROM _prisma_migrations ORDER BY 1`;
    await room.deps.db.$executeRaw`DELETE FROM applied_function_file WHERE name = 'balance'`;
    const before = await recorded();
    const older = await refillIn(room, 'restore', file);
    expect([older.status, older.stderr]).toEqual([
      1,
      expect.stringMatching(/functions of another version of Refill/),
    ]);
    expect(await recorded()).toEqual(before);
    expect(await room.deps.db.appliedFunctionFile.count({ where: { name: 'balance' } })).toBe(0);
    await migrateDatabase({ url: room.database.url, log: createLogger('silent') });
    expect(await refillIn(room, 'backup', file)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/is there already\. Choose another name, or add --force/),
    });
    expect(await refillIn(room, 'backup', path.join(folder, randomUUID(), 'x'))).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/\/x cannot be written: there is no such file or folder\./),
    });
    expect(await refillIn(other, 'restore', path.join(folder, 'none'))).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/There is no file/),
    });
  } finally {
    await close();
    await elsewhere.close();
  }
}, 240_000);
