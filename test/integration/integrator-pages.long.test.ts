import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { normalise, readNamedBlock, readShownCommands, runBlocks } from '../support/run-page.ts';

/**
 * The pages of docs/api as a reader follows them: `npm start`, then every block of commands in one shell, in the order of the
 * index, as it is written. Only the two addresses, whose ports may be taken, are this run's own.
 */
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGES = ['quick-start', 'events', 'holds', 'reading', 'webhooks'].map((name) => `docs/api/${name}.md`);
const [API, RECEIVER] = ['http://127.0.0.1:3001', 'http://127.0.0.1:8787'];

let folder: string;
let app: ChildProcess;
let api: string;
let receiverPort: number;

const shellEnv = () => ({
  PATH: process.env.PATH ?? '',
  HOME: process.env.HOME ?? '',
  REFILL_DATA: path.join(folder, 'data'),
});

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'refill-pages-'));
  receiverPort = await freePort();
  const env = { ...shellEnv(), PORT: String(await freePort()), REFILL_DEMO: 'new' };
  app = spawn('npm', ['start'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  if (app.stdout === null) throw new Error('npm start has no output');
  api = await new Promise<string>((resolve, reject) => {
    const found = { api: '' };
    createInterface({ input: app.stdout as NonNullable<typeof app.stdout> }).on('line', (line) => {
      found.api = /the app itself +(\S+)/.exec(line)?.[1] ?? found.api;
      if (line.startsWith('Stop it with')) resolve(found.api);
    });
    app.once('exit', (status) => reject(new Error(`npm start ended with ${status}`)));
  });
}, 300_000);
afterAll(async () => {
  if (app?.pid !== undefined && app.exitCode === null) {
    const gone = once(app, 'exit');
    process.kill(-app.pid, 'SIGTERM');
    await gone;
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

describe('the pages for integrators', () => {
  it('show what their commands answer, from the first key to the first signed event', async () => {
    await writeFile(
      path.join(folder, 'receiver.mjs'),
      readNamedBlock('docs/api/webhooks.md', 'receiver.mjs').replaceAll('8787', String(receiverPort)),
    );
    const blocks = PAGES.flatMap(readShownCommands);
    expect(blocks.length).toBeGreaterThan(18);
    const answers = await runBlocks(blocks, {
      cwd: folder,
      env: shellEnv(),
      // The pages run in a clone; what they write stays out of it.
      before: `npm() { command npm --prefix '${ROOT}' "$@"; }\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT`,
      replace: { [API]: api, [RECEIVER]: `http://127.0.0.1:${receiverPort}` },
    });
    const shown = blocks.map(({ shown }, i) => ({ shown, answer: answers[i] ?? '' }));
    const compared = shown.filter(({ shown }) => shown !== null);
    expect(compared.map(({ answer }) => normalise(answer))).toEqual(
      compared.map(({ shown }) => normalise(shown ?? '')),
    );
    const received = await readFile(path.join(folder, 'receiver.log'), 'utf8');
    expect(received.split('\n')).toContain('ping');
    expect(received).not.toContain('balance.restored');
  }, 300_000);

  it('sign an event as the phone system’s webhook takes it', async () => {
    const page = 'docs/api/events.md';
    const file = path.join(folder, 'sign.mjs');
    await writeFile(file, readNamedBlock(page, 'sign.mjs'));
    const { sign } = (await import(pathToFileURL(file).href)) as {
      sign(event: unknown, secret: string): string;
    };
    const [made = ''] = await runBlocks(
      [{ page, commands: 'npm run -s refill -- webhook create --company 1 --json', shown: null }],
      {
        cwd: folder,
        env: shellEnv(),
        before: `npm() { command npm --prefix '${ROOT}' "$@"; }`,
        replace: {},
      },
    );
    const { address, secret } = JSON.parse(made) as { address: string; secret: string };
    const event = JSON.parse(readNamedBlock(page, 'event')) as Record<string, unknown>;
    const shift = Date.now() - Number(event.event_timestamp);
    const moved = Object.fromEntries(
      Object.entries(event).map(([key, value]) => [
        key,
        /^date_|_timestamp$/.test(key) ? Number(value) + shift : value,
      ]),
    );
    const send = async (body: string) => {
      const answer = await fetch(address.replace(/^.*?\/webhooks/, `${api}/webhooks`), {
        method: 'POST',
        body,
      });
      return [answer.status, await answer.json()];
    };
    expect(await send(sign(moved, secret))).toEqual([200, { outcome: 'posted' }]);
    expect(await send(sign({ ...moved, state: 'ringing' }, secret))).toEqual([200, { outcome: 'ignored' }]);
    expect((await send(sign(moved, 'another secret')))[0]).toBe(401);
  });
});
