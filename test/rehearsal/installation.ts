import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MovableClock } from '../../src/clock.ts';
import { demoDirectory } from '../../src/demo/index.ts';
import { createLogger } from '../../src/log.ts';
import {
  type DirectoryApi,
  startDirectoryApi,
} from '../../src/stand-ins/local-phone-system/directory-api.ts';
import { type CardProcessor, startCardProcessor } from '../../src/stand-ins/local-processor/index.ts';
import {
  frozenWorld,
  type SlackWorkspace,
  startSlackWorkspace,
} from '../../src/stand-ins/local-workspace/index.ts';
import { readManifestFile } from '../../src/stand-ins/read-manifest.ts';
import { emptyDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';

const ROUTE = path.resolve('test/rehearsal/route.mjs');
const OUTPUT_LIMIT = 20_000;

/** Values of a real shape that this installation has and the page cannot know. */
export const SECRETS = {
  botToken: 'xoxb-2048-rehearsal',
  appToken: 'xapp-1-2048-rehearsal',
  signingSecret: 'd1e4c0ffee5ec2e7d1e4c0ffee5ec2e7',
  stripeKey: 'sk_live_rehearsal0000000000000000',
  stripeWebhook: 'whsec_rehearsal000000000000000000',
  secretKey: 'a random text of thirty-two characters',
};
export const CHANNEL_ID = 'C0PHONES001';

/** A machine with an empty database, and everybody that Refill talks to at the other end of the wire. */
export interface Installation {
  appUrl: string;
  databaseUrl: string;
  slack: SlackWorkspace;
  processor: CardProcessor;
  phones: DirectoryApi;
  /** Where files of the operator lie. */
  folder: string;
  /** Runs a line of a shell to its end. */
  run(line: string, env: Record<string, string>): Promise<{ status: number | null; output: string }>;
  /** Starts a line that keeps running, and waits until its output has the text; returns what reads its output. */
  start(line: string, env: Record<string, string>, text: RegExp): Promise<() => string>;
  close(): Promise<void>;
}

/**
 * Starts the stand-ins. What runs later asks slack.com, api.stripe.com and dialpad.com, and reaches them. `over` is how
 * Slack's events come.
 */
export async function prepareInstallation(over: 'http' | 'socket' = 'http'): Promise<Installation> {
  const [database, books, port, folder] = await Promise.all([
    emptyDatabase(),
    emptyDatabase(),
    freePort(),
    mkdtemp(path.join(tmpdir(), 'refill-rehearsal-')),
  ]);
  const appUrl = `http://127.0.0.1:${port}`;
  const [clock, log] = [new MovableClock(), createLogger('silent')];
  const processor = await startCardProcessor({
    port: 0,
    database: books.url,
    secretKey: SECRETS.stripeKey,
    webhook: { url: `${appUrl}/webhooks/stripe`, secret: SECRETS.stripeWebhook },
    clock,
    log,
  });
  const phones = await startDirectoryApi(demoDirectory());
  const manifest = readManifestFile();
  const slack = await startSlackWorkspace({
    database: books.url,
    clock,
    log,
    pageFolder: 'test/support/page',
    seed: seedOf(manifest.slash, manifest.events),
    tokens: { bot: SECRETS.botToken, app: SECRETS.appToken },
    scopes: manifest.botScopes,
    delivery:
      over === 'socket'
        ? { kind: 'socket' }
        : { kind: 'http', url: `${appUrl}/slack/events`, signingSecret: SECRETS.signingSecret },
    world: frozenWorld(clock),
  });
  const base = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    PORT: String(port),
    REFILL_LOG: 'warn',
    NODE_OPTIONS: `--import ${ROUTE}`,
    REHEARSAL_ROUTES: JSON.stringify({
      'slack.com': new URL(slack.apiUrl).origin,
      'api.stripe.com': processor.url,
      'dialpad.com': phones.url,
    }),
  };
  const running: ChildProcess[] = [];
  const launch = (line: string, env: Record<string, string>) => {
    const child = spawn('bash', ['-c', line], { env: { ...base, ...env }, detached: true });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = `${output}${chunk.toString()}`.slice(-OUTPUT_LIMIT);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    return { child, output: () => output };
  };
  return {
    appUrl,
    databaseUrl: database.url,
    slack,
    processor,
    phones,
    folder,
    run: (line, env) => {
      const { child, output } = launch(line, env);
      return new Promise((resolve) => child.once('close', (status) => resolve({ status, output: output() })));
    },
    start: (line, env, text) => {
      const { child, output } = launch(line, env);
      running.push(child);
      return new Promise((resolve, reject) => {
        child.stdout.on('data', () => text.test(output()) && resolve(output));
        child.once('close', (status) => reject(new Error(`${line} ended with ${status}:\n${output()}`)));
      });
    },
    async close() {
      await Promise.all(running.map(endGroup));
      await slack.close();
      await Promise.all([processor.close(), phones.close()]);
      await Promise.all([database.close(), books.close(), rm(folder, { recursive: true, force: true })]);
    },
  };
}

/** Ends what `npm start` started with it: the shell, npm and the app are one group. */
async function endGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('close', resolve));
  process.kill(-child.pid, 'SIGTERM');
  await ended;
}

/** Writes a file of the operator and returns its path. */
export async function writeOperatorFile(
  installation: Installation,
  name: string,
  text: string,
): Promise<string> {
  const file = path.join(installation.folder, name);
  await writeFile(file, text);
  return file;
}

const person = (name: string, realName: string) => ({
  id: `U0${name.toUpperCase().padEnd(7, '0')}`,
  name,
  realName,
  title: '',
  email: `${name}@acme.example`,
});

function seedOf(slash: ReturnType<typeof readManifestFile>['slash'], events: string[]) {
  const people = [
    { ...person('ana', 'Ana Reyes'), isAdmin: true },
    person('bo', 'Bo Lind'),
    person('li', 'Li Wei'),
    person('marco', 'Marco Silva'),
    person('priya', 'Priya Nair'),
  ];
  return {
    workspace: { id: 'T0ACMECORP1', name: 'Acme Corp', domain: 'acme-corp' },
    app: {
      id: 'A0REFILL001',
      name: 'Refill',
      botUserId: 'U0REFILLBOT',
      botId: 'B0REFILL001',
      hasHome: true,
      slash,
      events,
    },
    users: people,
    conversations: [{ id: CHANNEL_ID, name: 'phone-credits', memberIds: people.map(({ id }) => id) }],
  };
}
