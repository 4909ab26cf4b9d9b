/**
 * How long large files take, and how much memory: `npm run bench:files -- --usages 1000000 --people 20000`. It runs the command
 * line as an operator does, on a database of its own: the people of a company, then its usage, as a dry run, in earnest, and
 * once more, when all of it is there. `--heap-mb 200` shows that memory is bounded: a process that holds more alive dies.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../../src/clock.ts';
import { openDb } from '../../../src/db/index.ts';
import { DAY_MS } from '../../../src/durations.ts';
import { createLogger } from '../../../src/log.ts';
import { importSampleDeck } from '../../../src/usage/index.ts';
import { startProofServer } from '../../proofs/proof-server.ts';
import { measureCommand } from '../measure-command.ts';

const { values } = parseArgs({
  options: {
    usages: { type: 'string', default: '1000000' },
    people: { type: 'string', default: '20000' },
    'heap-mb': { type: 'string' },
  },
});
const [usages, people] = [Number(values.usages), Number(values.people)];
const options = { progress: true, heapMb: values['heap-mb'] };
const folder = await mkdtemp(path.join(tmpdir(), 'refill-bench-files-'));
const server = await startProofServer();
try {
  const database = await server.migrated();
  const env = { DATABASE_URL: database.url, REFILL_SECRET_KEY: randomBytes(32).toString('base64') };
  await importDeck(database.url);
  await measureCommand('company', ['company', 'add', '--name', 'Acme', '--office', 'Headquarters'], env);
  const members = await write('members.csv', 'id,name,email,department', people, (at) =>
    [`u${at}`, `Person ${at}`, `p${at}@acme.example`, `Team ${at % 50}`].join(','),
  );
  const numbers = await write('numbers.csv', 'number,member', people, (at) => `${lineOf(at)},u${at}`);
  const directory = ['directory', 'import', '--company', '1', '--members', members, '--numbers', numbers];
  await measureCommand('directory', directory, env);
  await measureCommand('directory again', directory, env);
  const now = systemClock.now().getTime();
  const header = 'id,kind,direction,external_number,internal_number,answered_at,duration_seconds';
  const file = await write('usage.csv', header, usages, (at) => {
    const time = new Date(now - 20 * DAY_MS + Math.floor((at / usages) * 19 * DAY_MS)).toISOString();
    return `call-${at},call,outbound,+4420794${String(at % 100_000).padStart(5, '0')},${lineOf(at % (people + people / 10))},${time},${(at % 900) + 0.5}`;
  });
  const usage = ['usage', 'import', file, '--company', '1'];
  await measureCommand('usage, dry run', [...usage, '--dry-run'], env, options);
  await measureCommand('usage', usage, env, options);
  await measureCommand('usage again', usage, env, options);
  await database.close();
} finally {
  await server.close();
  await rm(folder, { recursive: true, force: true });
}

function lineOf(at: number): string {
  return `+1415${String(2_000_000 + at)}`;
}

async function importDeck(url: string): Promise<void> {
  const db = await openDb({ url, poolSize: 2, log: createLogger('error') });
  await importSampleDeck(db, new Date('2026-01-01T00:00:00Z'));
  await db.$disconnect();
}

async function write(
  name: string,
  header: string,
  rows: number,
  toLine: (at: number) => string,
): Promise<string> {
  const file = path.join(folder, name);
  const out = createWriteStream(file);
  out.write(`${header}\n`);
  for (let at = 0; at < rows; at += 1) if (!out.write(`${toLine(at)}\n`)) await once(out, 'drain');
  out.end();
  await once(out, 'finish');
  return file;
}
