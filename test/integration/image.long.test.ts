import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type CreatedDatabase, createDatabase } from '../support/create-database.ts';
import { type Instruction, lastOf, readDockerfile, wordsOf } from '../support/dockerfile.ts';
import { freePort } from '../support/free-port.ts';

const run = promisify(execFile);
/** Where no Docker engine runs, the instructions are followed one by one, below this folder instead of `/`. */
let root: string;
let database: CreatedDatabase;
let app: ChildProcess | undefined;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'refill-image-'));
  await chmod(root, 0o755);
  database = await createDatabase(inject('testServerUrl'), {});
});
afterAll(async () => {
  app?.kill('SIGKILL');
  await database?.close();
  await rm(root, { recursive: true, force: true });
});

const inImage = (file: string): string => path.join(root, file);

/** What the build may see: the folder without what `.dockerignore` leaves out. */
async function isInContext(source: string): Promise<boolean> {
  const [, ...rules] = (await readFile('.dockerignore', 'utf8'))
    .split('\n')
    .filter((line) => !/^(#|$)/.test(line));
  return rules.some((rule) => rule.startsWith('!') && path.normalize(source) === rule.slice(1));
}

async function copy(workFolder: string, value: string): Promise<void> {
  const from = /^--from=\w+\s+/.exec(value)?.[0] ?? '';
  const words = value.slice(from.length).split(/\s+/);
  const target = words.pop() ?? '';
  for (const source of words) {
    if (from === '') expect(await isInContext(source), `${source} is not in the context`).toBe(true);
    const found = from === '' ? source : inImage(source);
    const isFolder = (await stat(found)).isDirectory();
    await cp(found, path.join(workFolder, isFolder ? target : path.basename(source)), {
      recursive: true,
      filter: (file) => !file.includes('src/db/generated'),
    });
  }
}

async function build(stage: readonly Instruction[]): Promise<void> {
  let workFolder = root;
  for (const { name, value } of stage) {
    if (name === 'WORKDIR') {
      workFolder = inImage(value);
      await mkdir(workFolder, { recursive: true });
    }
    if (name === 'COPY') await copy(workFolder, value);
    if (name === 'RUN') {
      await mkdir(inImage('usr/local/bin'), { recursive: true });
      const command = value
        .replaceAll('/usr/local/bin', inImage('usr/local/bin'))
        .replaceAll('/app/', inImage('app/'));
      await run('sh', ['-ec', command], { cwd: workFolder, maxBuffer: 2 ** 26 });
    }
  }
}

/** Nobody's rights, where the tests run as root. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

describe('the image', () => {
  it('built by its own steps, starts as nobody in particular, answers its health check and runs refill', async () => {
    for (const stage of readDockerfile('Dockerfile')) await build(stage);
    const image = readDockerfile('Dockerfile').at(-1) ?? [];
    const port = await freePort();
    const secret = inImage('database_url');
    await writeFile(secret, `${database.url}\n`, { mode: 0o444 });
    const env = {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PORT: String(port),
      REFILL_MONITORING: `127.0.0.1:${await freePort()}`,
      DATABASE_URL_FILE: secret,
      REFILL_PUBLIC_URL: 'https://refill.example.com',
      REFILL_SECRET_KEY: 'a long text that is random enough',
      // Stand-ins that nobody runs: nothing leaves this machine.
      SLACK_API_URL: 'http://127.0.0.1:9/api/',
      STRIPE_API_URL: 'http://127.0.0.1:9',
      SLACK_BOT_TOKEN: 'xoxb-1-image',
      SLACK_SIGNING_SECRET: 'secret-of-the-image',
      STRIPE_SECRET_KEY: 'sk_live_51Image',
      STRIPE_WEBHOOK_SECRET: 'whsec_51Image',
    };
    const at = { cwd: inImage('app'), env, ...nobody };
    const [program = '', ...args] = wordsOf(lastOf(image, 'CMD'));
    const running = spawn(program, args, { ...at, stdio: ['ignore', 'pipe', 'ignore'] });
    app = running;
    const [check = '', ...checkArgs] = wordsOf(/CMD (\[.*\])$/.exec(lastOf(image, 'HEALTHCHECK') ?? '')?.[1]);
    await expect(
      run(check, checkArgs, { ...at, env: { ...env, REFILL_MONITORING: '127.0.0.1:1' } }),
    ).rejects.toMatchObject({
      code: 1,
    });
    await new Promise<void>((resolve, reject) => {
      running.stdout.on('data', (chunk) => String(chunk).includes('Refill answers at') && resolve());
      running.once('exit', (code) => reject(new Error(`the app ended with ${code}`)));
    });
    await run(check, checkArgs, at);
    const { stdout } = await run(inImage('usr/local/bin/refill'), ['migrate', '--status', '--json'], at);
    expect(JSON.parse(stdout)).toBeTruthy();
    const stopped = new Promise((resolve) => running.removeAllListeners('exit').once('exit', resolve));
    running.kill('SIGTERM');
    expect(await stopped).toBe(0);
  }, 300_000);

  it('holds neither compiler nor stand-ins, and stays small', async () => {
    for (const absent of [
      'node_modules/typescript',
      'node_modules/prisma',
      'dist/stand-ins',
      'dist/demo',
      'src',
    ])
      await expect(stat(inImage(`app/${absent}`)), absent).rejects.toMatchObject({ code: 'ENOENT' });
    const { stdout } = await run('du', ['-sm', inImage('app')]);
    expect(Number.parseInt(stdout, 10)).toBeLessThanOrEqual(150);
  });
});
