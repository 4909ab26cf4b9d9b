/**
 * What a container's health check runs: exits with 0 where the app of this container answers that it and its database are
 * up. A worker serves nothing: whether its process runs is the container's to know.
 */
import { loadEnvironment, readConfig } from '../config.ts';
import { SECOND_MS } from '../durations.ts';

const TIMEOUT_MS = 4 * SECOND_MS;

const { role, host, port } = readConfig(loadEnvironment());
if (role !== 'worker') {
  const address = host === '0.0.0.0' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  const isUp = await fetch(`http://${address}:${port}/health`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    .then(({ ok }) => ok)
    .catch(() => false);
  if (!isUp) process.exitCode = 1;
}
