import { createServer } from 'node:net';
import type { Config } from '../config.ts';
import { RefillError } from '../errors.ts';

/** How far above the page's port the others are looked for. */
const NEIGHBOURS = 20;

export interface Ports {
  page: number;
  app: number;
  slackApi: number;
  stripe: number;
}

/**
 * The ports of the try-out: the page where PORT says (or the first free one from 3000 on), the rest right above it.
 * Throws RefillError `port-taken` when PORT was given and somebody listens there.
 */
export async function choosePorts(config: Pick<Config, 'port' | 'isPortChosen'>): Promise<Ports> {
  const free: number[] = [];
  for (
    let port = config.port;
    port < config.port + NEIGHBOURS && port <= 65_535 && free.length < 4;
    port += 1
  ) {
    if (await isFree(port)) free.push(port);
    else if (config.isPortChosen && port === config.port) {
      throw new RefillError(
        'port-taken',
        `Port ${port} is taken: another program, or another Refill, listens there. Stop it, or set PORT to a free one.`,
      );
    }
  }
  while (free.length < 4) free.push(await anyFree(free));
  const [page = 0, app = 0, slackApi = 0, stripe = 0] = free;
  return { page, app, slackApi, stripe };
}

async function isFree(port: number): Promise<boolean> {
  return (await tryListen(port)) !== null;
}

async function anyFree(taken: readonly number[]): Promise<number> {
  const port = await tryListen(0);
  return port === null || taken.includes(port) ? await anyFree(taken) : port;
}

function tryListen(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}
