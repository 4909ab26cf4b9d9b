import { choosePorts } from '../../src/start/choose-ports.ts';

/** Below the range that systems lend to outgoing connections: a port from there may be gone before it is listened on. */
const LOWEST = 20_000;
const SPAN = 12_000;

/** A port nobody listens on now, with free neighbours for the try-out's other servers. */
export async function freePort(): Promise<number> {
  const port = LOWEST + Math.floor(Math.random() * SPAN);
  return (await choosePorts({ port, isPortChosen: false })).page;
}
