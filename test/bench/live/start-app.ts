import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../support/free-port.ts';

/** As `npm start` and the image run it. */
export const NODE_OPTIONS = ['--enable-source-maps', '--max-semi-space-size=8'];
export const SIGNING_SECRET = '5e1f5e1f5e1f5e1f5e1f5e1f5e1f5e1f';
export const SECRET_KEY = 'the bench guards no secrets';
const ERROR_LEVEL = 50;
const SHOWN = 3;

export interface AppProcess {
  port: number;
  /** Seconds of processor time that it has used. */
  readCpuSeconds(): Promise<number>;
  /** Errors in its log. */
  readErrors(): string[];
  stop(): Promise<void>;
}

/**
 * Builds Refill and starts it as in production: compiled, all of it in one process, logging as it does by default. Slack and the
 * card processor are at `slackPort`. `profile` names a folder for the profile of its processor time.
 */
export async function startAppProcess(of: {
  databaseUrl: string;
  slackPort: number;
  botToken: string;
  folder: string;
  profile?: string | undefined;
}): Promise<AppProcess> {
  await run(['src/start/build.mjs', '--try-out', '--if-changed']);
  const [port, monitoring] = [await freePort(), await freePort()];
  const log = path.join(of.folder, 'app.log');
  const profiling = of.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${of.profile}`];
  const child = spawn(process.execPath, [...NODE_OPTIONS, ...profiling, 'dist/main.js'], {
    stdio: ['ignore', 'pipe', openSync(log, 'w')],
    env: {
      PATH: process.env.PATH ?? '',
      PORT: String(port),
      REFILL_HOST: '127.0.0.1',
      REFILL_MONITORING: `127.0.0.1:${monitoring}`,
      DATABASE_URL: of.databaseUrl,
      REFILL_SECRET_KEY: SECRET_KEY,
      SLACK_BOT_TOKEN: of.botToken,
      SLACK_SIGNING_SECRET: SIGNING_SECRET,
      SLACK_API_URL: `http://127.0.0.1:${of.slackPort}/api/`,
      STRIPE_SECRET_KEY: 'sk_test_bench',
      STRIPE_API_URL: `http://127.0.0.1:${of.slackPort}`,
    },
  });
  const ended = once(child, 'exit');
  const errors = (): string[] => {
    const logged = readFileSync(log, 'utf8').split('\n');
    const isOver = child.exitCode !== null || child.signalCode !== null;
    return [
      ...logged.filter((line) => line !== '' && !isHarmless(line)),
      ...(isOver ? [`the app ended by itself: ${child.exitCode ?? child.signalCode}`] : []),
    ];
  };
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Refill answers')) resolve();
    });
    ended.then(
      () => reject(new Error(`the app did not start:\n${errors().slice(0, SHOWN).join('\n')}`)),
      reject,
    );
  });
  return {
    port,
    readCpuSeconds: async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${monitoring}/metrics`)).text();
      return Number(/^process_cpu_seconds_total (.+)$/m.exec(metrics)?.[1]);
    },
    readErrors: errors,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function run(args: string[]): Promise<void> {
  const [status] = await once(
    spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] }),
    'exit',
  );
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`);
}

/** Whether a line of the log is no error; what is no JSON comes of Node itself. */
function isHarmless(line: string): boolean {
  try {
    return (JSON.parse(line) as { level: number }).level < ERROR_LEVEL;
  } catch {
    return false;
  }
}
