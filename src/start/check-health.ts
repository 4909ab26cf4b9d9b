/**
 * What a container's health check runs: exits with 0 where the process of this container, a worker too, answers that its
 * database is there and has this version's schema.
 */
import { loadEnvironment, readConfig } from '../config.ts';
import { SECOND_MS } from '../durations.ts';

const TIMEOUT_MS = 4 * SECOND_MS;

const { host, port } = readConfig(loadEnvironment()).monitoring;
const address = host === '0.0.0.0' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
const isReady = await fetch(`http://${address}:${port}/ready`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
  .then(({ ok }) => ok)
  .catch(() => false);
if (!isReady) process.exitCode = 1;
