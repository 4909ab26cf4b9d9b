import { createServer } from 'node:net';

/**
 * The port used before, if it is still free, so that a connected tool finds the server again; any free one otherwise.
 * Another program may take it before the server does: the caller has to be ready to choose again.
 */
export async function choosePort(preferred: number | undefined): Promise<number> {
  if (preferred !== undefined && preferred > 0) {
    const free = await freePort(preferred).catch(() => undefined);
    if (free !== undefined) return free;
  }
  return freePort(0);
}

function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : wanted;
      probe.close(() => resolve(port));
    });
  });
}
