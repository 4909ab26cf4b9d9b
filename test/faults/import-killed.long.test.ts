import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { verifyLedger } from '../../src/ledger/index.ts';
import { readDebt } from '../../src/usage/import/try-rows.ts';
import { importSampleDeck } from '../../src/usage/index.ts';
import { testCompany } from '../support/company.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';

const ROWS = 5_000;
/** One row in so many is refused. */
const REFUSED = 100;
/** The process is killed once so many records are posted: some batches are done, and none knows where it is in the next. */
const KILLED_AT = 1_500;
const POLL_MS = 5;

let database: TestDatabase;
let folder: string;
let file: string;
let companyId: bigint;
let child: ChildProcess | undefined;

beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'refill-killed-'));
  file = path.join(folder, 'usage.csv');
  ({ companyId } = await testCompany(database.db));
  await importSampleDeck(database.db, systemClock.now());
  const at = new Date(systemClock.now().getTime() - 3_600_000).toISOString();
  const rows = Array.from(
    { length: ROWS },
    (_, n) =>
      `k${n},call,outbound,${n % REFUSED === 0 ? 'nonsense' : '+442079460000'},${at},${(n % 300) + 1}`,
  );
  const header = 'id,kind,direction,external_number,answered_at,duration_seconds';
  await writeFile(file, `${[header, ...rows].join('\n')}\n`);
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await database?.close();
  await rm(folder, { recursive: true, force: true });
});

const posted = () => database.db.usageRecord.count({ where: { companyId } });

/** Starts the import as an operator does, as a process of its own. */
function startImport(): { process: ChildProcess; output: () => string; ended: Promise<unknown[]> } {
  const started = spawn(
    process.execPath,
    ['--import', 'tsx', 'src/cli/index.ts', 'usage', 'import', file, '--company', `${companyId}`, '--json'],
    { env: { ...process.env, DATABASE_URL: database.url }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  child = started;
  let output = '';
  started.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { process: started, output: () => output, ended: once(started, 'close') };
}

it('an import whose process is killed goes on, posts each record once, and counts all of the file', async () => {
  const { process: importing, ended } = startImport();
  while ((await posted()) < KILLED_AT && importing.exitCode === null) await sleep(POLL_MS);
  importing.kill('SIGKILL');
  expect(await ended).toEqual([null, 'SIGKILL']);
  // Killed in the middle indeed: some of it was there, and not all.
  const before = await posted();
  expect(before).toBeGreaterThanOrEqual(KILLED_AT);
  expect(before).toBeLessThan(ROWS - ROWS / REFUSED);
  const last = startImport();
  expect(await last.ended).toEqual([0, null]);
  const { counts, rejectsFile } = JSON.parse(last.output());
  expect(counts).toMatchObject({ rows: ROWS, rejected: ROWS / REFUSED, conflicts: 0 });
  expect(counts.posted + counts.already).toBe(ROWS - ROWS / REFUSED);
  expect(await posted()).toBe(ROWS - ROWS / REFUSED);
  const { db } = database;
  const cost = await db.usageRecord.aggregate({ where: { companyId }, _sum: { costMicros: true } });
  const debt = await readDebt(db, companyId, systemClock.now());
  expect(debt.times(1_000_000).toFixed()).toBe(String(cost._sum.costMicros));
  // A batch whose place was not written yet is taken again: its refused rows stand there twice at most, and none is missing.
  const lines = (await readFile(rejectsFile, 'utf8')).split('\r\n').slice(1, -1);
  expect(new Set(lines.map((line) => line.split(',')[0])).size).toBe(ROWS / REFUSED);
  const findings: unknown[] = [];
  await verifyLedger(db, { onFinding: (finding) => findings.push(finding) });
  expect(findings).toEqual([]);
});
