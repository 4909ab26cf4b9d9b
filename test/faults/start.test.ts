import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let dataFolder: string;
let port: number;
let first: Started;

interface Started {
  child: ChildProcess;
  lines: string[];
  errors: string[];
}

function start(env: Record<string, string>): Started {
  const child = spawn(process.execPath, ['dist/main.js'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const started: Started = { child, lines: [], errors: [] };
  createInterface({ input: child.stdout }).on('line', (line) => started.lines.push(line));
  createInterface({ input: child.stderr }).on('line', (line) => started.errors.push(line));
  return started;
}

async function until(condition: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  for (const end = Date.now() + 100_000; Date.now() < end; await sleep(50)) if (await condition()) return;
  throw new Error(`did not happen: ${what()}`);
}

/** Waits for the line that invites; an app that ended instead fails at once with its own words. */
async function isReady({ child, lines, errors }: Started): Promise<void> {
  await until(
    () => child.exitCode !== null || lines.some((line) => line.includes('Refill is ready')),
    () => `ready; it said: ${[...lines, ...errors].join('\n')}`,
  );
  if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${errors.join('\n')}`);
}

async function refusal(env: Record<string, string>): Promise<string> {
  const started = start(env);
  const [code] = (await once(started.child, 'exit')) as [number];
  expect(code).toBe(1);
  return started.errors.join('\n');
}

async function command(text: string): Promise<unknown> {
  const url = `http://127.0.0.1:${port}`;
  const answer = await fetch(`${url}/workspace/command`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ as: 'U0ANA00001', conversation: 'C0CREDITS1', text }),
  });
  return await answer.json();
}

async function lastMessage(): Promise<string> {
  const answer = await fetch(
    `http://127.0.0.1:${port}/workspace/messages?as=U0ANA00001&conversation=C0CREDITS1`,
  );
  return JSON.stringify(((await answer.json()) as unknown[]).at(-1) ?? '');
}

beforeAll(async () => {
  dataFolder = path.join(await mkdtemp(path.join(tmpdir(), 'refill-start-')), 'data');
  port = await freePort();
  first = start({ PORT: String(port), REFILL_DATA: dataFolder, REFILL_DEMO: 'new' });
  await isReady(first);
});

afterAll(async () => {
  if (first?.child.exitCode === null) {
    first.child.kill('SIGTERM');
    await once(first.child, 'exit');
  }
  await rm(path.dirname(dataFolder), { recursive: true, force: true });
});

describe('npm start', () => {
  it('prints the page to open first', async () => {
    const address = first.lines
      .map((line) => /http:\/\/\S+/.exec(line)?.[0])
      .find((url) => url !== undefined);
    expect(address).toBe(`http://127.0.0.1:${port}`);
    expect((await fetch(address ?? '')).status).toBe(200);
  });

  it('says what it does while the first start takes its seconds', () => {
    expect(first.lines[0]).toBe('Creating the local database…');
  });

  it('refuses a second start on the same data folder, in words', async () => {
    expect(await refusal({ PORT: String(port + 40), REFILL_DATA: dataFolder })).toMatch(
      /already|in use|another/i,
    );
  });

  it('refuses a port that is taken, in words', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const busy = typeof address === 'object' && address !== null ? address.port : 0;
    const words = await refusal({
      PORT: String(busy),
      REFILL_DATA: path.join(path.dirname(dataFolder), 'other'),
    });
    expect(words).toMatch(new RegExp(`Port ${busy} is taken`));
    taken.close();
  });

  it('refuses half-configured credentials and says which are missing', async () => {
    expect(await refusal({ SLACK_BOT_TOKEN: 'xoxb-1' })).toMatch(/STRIPE_SECRET_KEY is missing/);
  });

  it('answers in words while the database is gone, and by itself when it is back', async () => {
    const pidFile = await readFile(path.join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8').catch(
      () => '',
    );
    const pid = Number(pidFile.split('\n')[0]);
    expect(pid).toBeGreaterThan(1);
    process.kill(pid, 'SIGKILL');
    await until(
      async () => {
        await command('/credits').catch(() => undefined);
        return (await lastMessage().catch(() => '')).includes('Available balance');
      },
      () => 'the balance after the database came back',
    );
  });

  it('says that it stopped when it is asked to', async () => {
    first.child.kill('SIGINT');
    const [code] = (await once(first.child, 'exit')) as [number];
    expect(code).toBe(0);
    await until(
      () => first.lines.at(-1) === 'Stopped.',
      () => first.lines.join('\n'),
    );
  });
});
