import { loadEnvironment, readConfig } from './config.ts';
import { RefillError } from './errors.ts';
import { createLogger } from './log.ts';
import { beginAnew } from './start/begin-anew.ts';
import { startLive } from './start/start-live.ts';
import { startTryOut } from './start/start-try-out.ts';
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
  if (config.live === undefined) await startTryOut(config, env);
  else await startLive(config, config.live, env);
} catch (error) {
  process.stderr.write(`${error instanceof RefillError ? error.message : (error as Error).stack}\n`);
  await stopAll(stops).catch(() => undefined);
  process.exit(1);
}
