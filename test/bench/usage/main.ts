import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../../src/db/embedded/index.ts';
import { migrateDatabase, openDb } from '../../../src/db/index.ts';
import { createLogger } from '../../../src/log.ts';
import { api } from './api.ts';
import { exportFile } from './export.ts';
import type { Database, Figure, Measure } from './measure.ts';
import { rate } from './rate.ts';
import { webhook } from './webhook.ts';

/** Every measure, in the order they run; `npm run bench:usage -- rate` runs only those named. */
const MEASURES: readonly Measure[] = [rate, api, webhook, exportFile];

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
  allowPositionals: true,
});

const closing: (() => Promise<unknown>)[] = [];
let opened: Promise<Database> | undefined;
try {
  const figures: Figure[] = [];
  const chosen = MEASURES.filter(({ id }) => positionals.length === 0 || positionals.includes(id));
  for (const measure of chosen) figures.push(...(await measure.run({ isQuick: values.quick, database })));
  print(figures);
} finally {
  for (const close of closing.toReversed()) await close();
}

function database(): Promise<Database> {
  opened ??= openDatabase();
  return opened;
}

async function openDatabase(): Promise<Database> {
  const log = createLogger('silent');
  const folder = await mkdtemp(path.join(tmpdir(), 'refill-bench-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o777);
  const server = await startEmbeddedPostgres({ dataFolder: path.join(folder, 'data'), log });
  closing.push(() => server.stop());
  await server.ensureDatabase('bench');
  const url = server.url('bench');
  await migrateDatabase({ url, log });
  const db = await openDb({ url, poolSize: 8, log });
  closing.push(() => db.$disconnect());
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  closing.push(() => client.end());
  return { url, db, client, folder };
}

/** One object of figures by id, or a table with targets and absolute figures. */
function print(figures: readonly Figure[]): void {
  if (values.json) {
    const byId = figures.map(({ id, value }) => [id, Number(value.toPrecision(3))]);
    process.stdout.write(`${JSON.stringify(Object.fromEntries(byId))}\n`);
    return;
  }
  for (const { id, value, target, absolute } of figures)
    process.stdout.write(
      `${id.padEnd(12)} ${value.toPrecision(3).padStart(7)}  ${target.padEnd(7)} ${absolute}\n`,
    );
}
