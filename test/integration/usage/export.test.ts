import { type FileHandle, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { inflateRawSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MovableClock } from '../../../src/clock.ts';
import { openPool } from '../../../src/db/index.ts';
import { correctUsage, type NewUsage, postUsage, usageTotals } from '../../../src/ledger/index.ts';
import { createLogger } from '../../../src/log.ts';
import { dollars, type Money } from '../../../src/money.ts';
import { findPerson, type Person } from '../../../src/org/index.ts';
import {
  cancelExport,
  draftExport,
  type ExportDelivery,
  ExportDeliveryError,
  type ExportDeps,
  type ExportFacts,
  type ExportQuery,
  requestExport,
  runExport,
  sweepExports,
} from '../../../src/usage/index.ts';
import { type TestCompany, testCompany } from '../../support/company.ts';
import { freshDatabase, type TestDatabase } from '../../support/database.ts';
import { numberKey } from '../../support/number-key.ts';

let database: TestDatabase;
let pool: pg.Pool;
let acme: TestCompany;
const log = createLogger('silent');
const clock = new MovableClock(0, () => Date.UTC(2026, 10, 24));
const NOVEMBER = { from: new Date('2026-11-01T07:00:00Z'), to: new Date('2026-12-01T08:00:00Z') };

beforeAll(async () => {
  database = await freshDatabase({ poolSize: 4 });
  pool = openPool({ url: database.url, poolSize: 2, log, statementTimeoutMs: 0 });
  acme = await testCompany(database.db);
  await postMonth(acme);
});

afterAll(async () => {
  await pool?.end();
  await database?.close();
});

const KINDS = ['international', 'domestic', 'toll_free', 'sms', 'local'];

function usage(i: number, { officeIds }: TestCompany): NewUsage {
  const isText = i % 5 === 3;
  return {
    source: 'api',
    externalId: `${i % 7 === 0 ? '=' : ''}call-${i}`,
    officeId: i % 3 === 0 ? officeIds[0] : (officeIds[1] ?? null),
    departmentId: null,
    memberId: BigInt(1 + (i % 4)),
    class: 'calls',
    category: KINDS[i % 5] ?? 'local',
    direction: i % 2 === 0 ? 'inbound' : 'outbound',
    externalNumber: i % 11 === 0 ? null : `+44207183${1000 + i}`,
    internalNumber: '+14155550100',
    usageAt: new Date(Date.UTC(2026, 10, 1, 6) + i * 997_003),
    durationMs: isText ? 0 : 61_500,
    billedSeconds: isText ? 0 : 120,
    quantity: isText ? 3 : 1,
    cost: dollars(i % 5 === 4 ? '0' : `0.0${100 + (i % 900)}`),
    price: '+44 20, $0.0100/min',
  };
}

/** 1,500 records in and around November, some corrected since. */
async function postMonth(company: TestCompany): Promise<void> {
  const records = Array.from({ length: 1_500 }, (_, i) => usage(i, company));
  const { companyId } = company;
  await postUsage(database.db, { numberKey, companyId, at: clock.now(), records });
  for (const i of [10, 20, 30]) {
    await correctUsage(database.db, {
      numberKey,
      companyId,
      usage: { ...usage(i, company), cost: dollars('1.234567') },
      key: `correct-${i}`,
      actor: 'test',
      reason: 'test',
      at: clock.now(),
    });
  }
}

/** A place to deliver to that keeps what it is told, and may be unwell. */
function place() {
  const told: ExportFacts[] = [];
  const files = new Map<string, { name: string; content: Buffer }>();
  const shown: string[] = [];
  const troubles: { on: keyof ExportDelivery; after?: boolean; error: Error }[] = [];
  const strike = async <T>(on: keyof ExportDelivery, work: () => Promise<T>): Promise<T> => {
    const at = troubles.findIndex((each) => each.on === on);
    const trouble = at < 0 ? undefined : troubles.splice(at, 1)[0];
    if (trouble !== undefined && trouble.after !== true) throw trouble.error;
    const result = await work();
    if (trouble !== undefined) throw trouble.error;
    return result;
  };
  const courier: ExportDelivery = {
    tell: (facts) =>
      strike('tell', async () => {
        told.push(facts);
        return { channelId: facts.toChannel ?? 'D1', ts: '1.1' };
      }),
    upload: (_, file) =>
      strike('upload', async () => {
        const id = `F${files.size + 1}`;
        files.set(id, { name: file.name, content: await readAll(file.content, file.bytes) });
        return id;
      }),
    share: (_, ids) =>
      strike('share', async () => void shown.push(...ids.filter((id) => !shown.includes(id)))),
  };
  return { courier, told, files, shown, troubles, last: () => told.at(-1) };
}

async function readAll(file: FileHandle, bytes: number): Promise<Buffer> {
  const content = Buffer.alloc(bytes);
  await file.read(content, 0, bytes, 0);
  return content;
}

type Place = ReturnType<typeof place>;

const depsFor = (at: Place, limits: Partial<ExportDeps['limits']> = {}): ExportDeps => ({
  db: database.db,
  clock,
  log,
  pool,
  courier: at.courier,
  limits: { records: 1_000_000, packAboveBytes: 10_000_000, ...limits },
});

async function ask(
  query: Partial<ExportQuery> = {},
  { by = acme.ana, timeZone = 'America/Los_Angeles', askedIn = null as string | null } = {},
): Promise<{ companyId: bigint; exportId: bigint; token: string }> {
  const whole = { ...NOVEMBER, ...query };
  const deps = { db: database.db, clock };
  const { token } = await draftExport(deps, by, { query: NOVEMBER, askedIn });
  const choice = { query: whole, timeZone, fileName: 'usage.csv', isForChannel: askedIn !== null };
  const { companyId, id } = await requestExport(deps, by, token, choice);
  return { companyId, exportId: id, token };
}

const rowsOf = (place: Place, id = 'F1'): string[][] => {
  const content = place.files.get(id)?.content ?? Buffer.alloc(0);
  return (parse(content, { bom: true }) as string[][]).slice(1);
};
const sum = (rows: string[][]): Money => rows.reduce((all, row) => all.plus(row[11] ?? '0'), dollars('0'));

describe('an export', () => {
  const filters: [string, () => Partial<ExportQuery>][] = [
    ['of everything', () => ({})],
    ['of an office', () => ({ officeIds: [acme.officeIds[0]] })],
    ['of people and kinds', () => ({ memberIds: [1n, 2n], categories: ['international', 'sms'] })],
    [
      'of half a day',
      () => ({ from: new Date('2026-11-03T08:15:00Z'), to: new Date('2026-11-03T20:00:00Z') }),
    ],
  ];
  it.each(filters)('%s has the totals of the screen and of the records one by one', async (_, narrow) => {
    const at = place();
    const query = { ...NOVEMBER, ...narrow() };
    await runExport(depsFor(at), await ask(query));
    const rows = rowsOf(at);
    const [screen] = await usageTotals(database.db, { companyId: acme.companyId, ...query, by: [] });
    expect(rows.length).toBeGreaterThan(20);
    expect([rows.length, sum(rows).toFixed()]).toEqual([screen?.records, screen?.cost.toFixed()]);
    const byHand = Array.from({ length: 1_500 }, (_, i) => i)
      .map((i) => ({ ...usage(i, acme), ...([10, 20, 30].includes(i) ? { cost: dollars('1.234567') } : {}) }))
      .filter((u) => u.usageAt >= query.from && u.usageAt < query.to)
      .filter((u) => query.officeIds?.includes(u.officeId ?? 0n) ?? true)
      .filter((u) => query.memberIds?.includes(u.memberId ?? 0n) ?? true)
      .filter((u) => query.categories?.includes(u.category) ?? true);
    expect(sum(rows).toFixed()).toBe(byHand.reduce((all, u) => all.plus(u.cost), dollars('0')).toFixed());
    expect(rows.map((row) => row[14])).toEqual(
      byHand.map((u) => (u.externalId.startsWith('=') ? `'${u.externalId}` : u.externalId)),
    );
    expect(at.last()).toMatchObject({ state: 'done', total: rows.length, cost: sum(rows) });
    expect(at.shown).toEqual(['F1']);
  });

  it.each(['Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns', 'UTC'])(
    'writes its times in %s, each the same instant',
    async (timeZone) => {
      const at = place();
      await runExport(depsFor(at), await ask({}, { timeZone }));
      const told = rowsOf(at).map((row) => row[0] ?? '');
      const wanted = Array.from({ length: 1_500 }, (_, i) => usage(i, acme).usageAt.getTime()).filter(
        (ms) => ms >= NOVEMBER.from.getTime(),
      );
      expect(told.map((iso) => Date.parse(iso))).toEqual(wanted.map((ms) => Math.floor(ms / 1_000) * 1_000));
      const zone = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
      const offset = zone.format(new Date(told[0] ?? '')).split('GMT')[1] || '+00:00';
      expect(told[0]?.slice(-6)).toBe(offset);
    },
  );

  it('packs a large file, and leaves nothing on the disk', async () => {
    const at = place();
    await runExport(depsFor(at, { packAboveBytes: 1_000 }), await ask());
    const { name, content = Buffer.alloc(0) } = at.files.get('F1') ?? {};
    expect(name).toBe('usage.zip');
    const start = 30 + content.readUInt16LE(26) + content.readUInt16LE(28);
    const directory = content.readUInt32LE(content.length - 6);
    const csv = inflateRawSync(content.subarray(start, start + content.readUInt32LE(directory + 20)));
    expect((parse(csv, { bom: true }) as string[][]).length - 1).toBe(at.last()?.total);
    expect((await readdir(tmpdir())).filter((file) => file.startsWith('refill-export-'))).toEqual([]);
  });

  it('of nothing is said, and is no file', async () => {
    const at = place();
    await runExport(depsFor(at), await ask({ categories: ['fax'] }));
    expect(at.last()).toMatchObject({ state: 'empty', total: 0 });
    expect(at.files.size).toBe(0);
  });

  it('larger than the operator allows is refused before it is written', async () => {
    const at = place();
    await runExport(depsFor(at, { records: 100 }), await ask());
    expect(at.last()).toMatchObject({ state: 'failed', failure: 'too-many-records', done: 0 });
    expect(at.last()?.reference).toMatch(/^\w{4}-\w\w$/);
  });

  it('asked for twice by the same form is one', async () => {
    const { token, companyId } = await ask();
    const choice = { query: NOVEMBER, timeZone: 'UTC', fileName: 'other.csv', isForChannel: false };
    const again = await requestExport({ db: database.db, clock }, acme.ana, token, choice);
    expect(again.fileName).toBe('usage.csv');
    expect(await database.db.usageExport.count({ where: { companyId, token } })).toBe(1);
  });
});

describe('rights', () => {
  const manager = (officeId: bigint): Person => ({
    ...acme.li,
    roles: [{ role: 'manager', officeId, departmentId: null }],
  });

  it('a manager gets their own offices, and no others however they are asked for', async () => {
    const own = acme.officeIds[1] ?? 0n;
    const at = place();
    const key = await ask(
      {},
      { by: { ...acme.li, roles: [{ role: 'company_admin', officeId: null, departmentId: null }] } },
    );
    await database.db.roleAssignment.updateMany({
      where: { companyId: acme.companyId, userId: 'ULI' },
      data: { role: 'manager', officeId: own },
    });
    await runExport(depsFor(at), key);
    expect(new Set(rowsOf(at).map((row) => row[5]))).toEqual(new Set(['New York']));
    await expect(ask({ officeIds: [acme.officeIds[0]] }, { by: manager(own) })).rejects.toMatchObject({
      code: 'not-allowed',
    });
  });

  it('another company’s office is refused, to its admin too', async () => {
    const other = await testCompany(database.db);
    await expect(ask({ officeIds: [other.officeIds[0]] })).rejects.toMatchObject({ code: 'not-allowed' });
    const { token } = await ask();
    await expect(cancelExport({ db: database.db, clock }, other.ana, token)).rejects.toMatchObject({
      code: 'export-unknown',
    });
  });

  it('are asked again when the file is made', async () => {
    const at = place();
    const { companyId, teamId } = acme;
    const later = { companyId, teamId, userId: 'ULATER' };
    const granted = { grantedBy: 'test', grantedAt: clock.now() };
    await database.db.roleAssignment.create({ data: { ...later, role: 'company_admin', ...granted } });
    const by = await findPerson(database.db, later);
    if (by === null) throw new Error('nobody');
    const key = await ask({ officeIds: [acme.officeIds[0]] }, { by });
    await database.db.roleAssignment.deleteMany({ where: later });
    await expect(ask({}, { by })).rejects.toMatchObject({ code: 'not-allowed' });
    await runExport(depsFor(at), key);
    expect(at.last()).toMatchObject({ state: 'failed', failure: 'not-allowed' });
    expect(at.files.size).toBe(0);
  });
});

/** What earlier tests left unfinished on purpose takes none of a person's three places. */
const clearUnfinished = () =>
  database.db.usageExport.updateMany({
    where: { state: { in: ['queued', 'running', 'uploading', 'sharing'] } },
    data: { state: 'cancelled', finishedAt: clock.now(), nextRunAt: null },
  });

describe('many exports', () => {
  beforeEach(clearUnfinished);

  it('of one person are three at a time, also when asked for at the same moment, and no other waits for them', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => ask()));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(outcomes.filter((each) => each.status === 'rejected').map(({ reason }) => reason.code)).toEqual(
      Array(3).fill('too-many-exports'),
    );
    await ask({}, { by: acme.li });
    const [done] = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    if (done === undefined) throw new Error('none was taken');
    await runExport(depsFor(place()), done);
    await ask();
  });

  it('of one company wait for the first of another: companies have their turn', async () => {
    await database.db.$executeRaw`DELETE FROM graphile_worker._private_jobs`;
    for (let n = 0; n < 3; n += 1) await ask();
    const other = await testCompany(database.db);
    await ask({}, { by: other.ana });
    const jobs = await database.db.$queryRaw<{ key: string; priority: number }[]>`
      SELECT key, priority FROM graphile_worker.jobs WHERE key LIKE 'run-export:%' ORDER BY id`;
    const priorities = (companyId: bigint) =>
      jobs.filter(({ key }) => key.startsWith(`run-export:${companyId}:`)).map(({ priority }) => priority);
    const [first = 0, second = 0, third = 0] = priorities(acme.companyId);
    expect(first < second && second < third).toBe(true);
    expect(priorities(other.companyId)).toEqual([0]);
  });
});

describe('on a bad day', () => {
  beforeEach(clearUnfinished);

  const busy = (): ExportDeliveryError => new ExportDeliveryError('HTTP 503', { retryAfterMs: 5 });

  it('the file is shown once, whatever fails on the way', async () => {
    const at = place();
    const key = await ask();
    at.troubles.push(
      { on: 'tell', error: busy() },
      { on: 'upload', error: busy() },
      { on: 'upload', after: true, error: busy() },
      { on: 'share', after: true, error: busy() },
    );
    await runExport(depsFor(at), key);
    expect(at.shown).toEqual([]);
    clock.advance(10);
    await runExport(depsFor(at), key);
    expect(at.shown).toEqual(['F2']);
    expect(at.last()?.state).toBe('done');
    await runExport(depsFor(at), key);
    expect(at.shown).toEqual(['F2']);
  });

  it('a run that died before handing over is begun afresh; one that died after shows the same file', async () => {
    const at = place();
    const key = await ask();
    const { companyId, exportId: id } = key;
    const where = { companyId_id: { companyId, id } };
    const dead = { runs: 1, nextRunAt: new Date(clock.now().getTime() + 900_000) };
    await database.db.usageExport.update({ where, data: { ...dead, state: 'running', done: 700n } });
    await runExport(depsFor(at), key);
    expect(at.shown).toEqual(['F1']);
    const late = { ...dead, state: 'sharing' as const, finishedAt: null, drawnState: null };
    await database.db.usageExport.update({ where, data: late });
    await runExport(depsFor(at), key);
    expect([at.shown, at.files.size]).toEqual([['F1'], 1]);
  });

  it('a cancel stops it before its file is handed over, and is what is said last', async () => {
    const at = place();
    const key = await ask();
    const deps = depsFor(at);
    const { courier } = at;
    await runExport(
      {
        ...deps,
        courier: {
          ...courier,
          upload: async (facts, file) => {
            await cancelExport(deps, acme.ana, key.token);
            return courier.upload(facts, file);
          },
        },
      },
      key,
    );
    expect(at.shown).toEqual([]);
    expect(at.last()).toMatchObject({ state: 'cancelled', cancelledBy: 'UANA' });
    expect((await cancelExport(deps, acme.ana, key.token)).state).toBe('cancelled');
  });

  it('a refusal that stays is said at once, with a reference', async () => {
    const at = place();
    at.troubles.push({
      on: 'tell',
      error: new ExportDeliveryError('not_in_channel', { failure: 'channel-closed' }),
    });
    await runExport(depsFor(at), await ask({}, { askedIn: 'C1' }));
    expect(at.last()).toMatchObject({ state: 'failed', failure: 'channel-closed', toChannel: 'C1' });
  });

  it('two at once do not mix', async () => {
    const [a, b] = [place(), place()];
    await Promise.all([
      runExport(depsFor(a), await ask({ categories: ['sms'] })),
      runExport(depsFor(b), await ask({ categories: ['local'] })),
    ]);
    expect(new Set(rowsOf(a).map((row) => row[1]))).toEqual(new Set(['SMS']));
    expect(new Set(rowsOf(b).map((row) => row[1]))).toEqual(new Set(['Local call']));
  });

  it('one whose job was lost is woken, and a form that was left is forgotten', async () => {
    const { exportId } = await ask();
    await database.db.$executeRaw`DELETE FROM graphile_worker._private_jobs`;
    const { token } = await draftExport({ db: database.db, clock }, acme.ana, {
      query: NOVEMBER,
      askedIn: null,
    });
    clock.advance(25 * 3_600_000);
    await sweepExports({ db: database.db, clock });
    const jobs = await database.db.$queryRaw<{ key: string }[]>`SELECT key FROM graphile_worker.jobs`;
    expect(jobs.map(({ key }) => key)).toContain(`run-export:${acme.companyId}:${exportId}`);
    expect(await database.db.usageExport.count({ where: { token } })).toBe(0);
  });
});
