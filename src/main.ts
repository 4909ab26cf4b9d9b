import { loadEnvironment, readConfig } from './config.ts';
import { RefillError } from './errors.ts';
import { createLogger } from './log.ts';
import { beginAnew } from './start/begin-anew.ts';
import { startLive } from './start/start-live.ts';
import { type Stop, stopAll, stopOnSignal } from './start/stop.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const stops: Stop[] = [];
stopOnSignal(stops);
try {
  const config = readConfig(loadEnvironment());
  const env = { log: createLogger(config.logLevel), say, stops };
  if (process.argv.includes('--fresh')) await beginAnew(config, env);
  if (config.live === undefined) await (await loadTryOut())(config, env);
  else await startLive(config, config.live, env);
} catch (error) {
  process.stderr.write(`${error instanceof RefillError ? error.message : (error as Error).stack}\n`);
  await stopAll(stops).catch(() => undefined);
  process.exit(1);
}

/** A build for production leaves the try-out out. */
async function loadTryOut(): Promise<typeof import('./start/start-try-out.ts').startTryOut> {
  try {
    return (await import('./start/start-try-out.ts')).startTryOut;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new RefillError(
      'bad-argument',
      'This build has no local workspace, and the environment names no Slack to talk to. Set its variables (.env.example), or try Refill out from a clone with npm start.',
    );
  }
}
