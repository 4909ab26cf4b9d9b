import { choosePorts } from '../../src/start/choose-ports.ts';

/**
 * Below the range that systems lend to outgoing connections: a port from there may be gone before it is listened on. Each worker of a
 * run has a part by itself, as two that look at the same moment would find the same port free.
 */
const PARTS = 8;
const SPAN = 1_500;
const LOWEST = 20_000 + (Number(process.env.VITEST_POOL_ID ?? 0) % PARTS) * SPAN;

/** A port nobody listens on now, with free neighbours for the try-out's other servers. */
export async function freePort(): Promise<number> {
  const port = LOWEST + Math.floor(Math.random() * (SPAN - 100));
  return (await choosePorts({ port, isPortChosen: false })).page;
}
