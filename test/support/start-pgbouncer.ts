import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './free-port.ts';

const PROGRAM = '/usr/sbin/pgbouncer';
const TLS = path.join(import.meta.dirname, 'tls');

/** Where the system has none, tests of it are skipped, unless REQUIRE_POOLER says that there must be one. */
export const hasPgBouncer =
  process.env.REQUIRE_POOLER !== undefined || spawnSync(PROGRAM, ['--version']).status === 0;

export interface PgBouncer {
  /** Address of one of the server's databases through the pooler. */
  url(database: string, parameters?: string): string;
  stop(): Promise<void>;
}

/** Starts a real PgBouncer before a running server; anybody may enter, as the server's account. */
export async function startPgBouncer(
  serverUrl: string,
  { poolMode, settings = [], tls = false }: { poolMode: string; settings?: string[]; tls?: boolean },
): Promise<PgBouncer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'refill-pooler-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const { hostname, port: serverPort, username, password } = new URL(serverUrl);
  const files = ['server.key', 'server.pem'];
  for (const file of tls ? files : []) await copyFile(path.join(TLS, file), path.join(folder, file));
  const lines = [
    '[databases]',
    `* = host=${hostname} port=${serverPort} user=${username} password=${password}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = any',
    `pool_mode = ${poolMode}`,
    ...(tls
      ? [
          'client_tls_sslmode = require',
          `client_tls_key_file = ${folder}/server.key`,
          `client_tls_cert_file = ${folder}/server.pem`,
        ]
      : []),
    ...settings,
  ];
  const ini = path.join(folder, 'pgbouncer.ini');
  await writeFile(ini, `${lines.join('\n')}\n`);
  // It refuses to run as root.
  const account = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn(PROGRAM, [...account, ini], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  const isUp = new Promise<void>((resolve, reject) => {
    const seen: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => {
      seen.push(line);
      if (line.includes('process up')) resolve();
    });
    child.once('exit', () => reject(new Error(`the pooler ended: ${seen.join('\n')}`)));
  });
  await isUp;
  return {
    url: (database, parameters = '') => `postgres://anybody@localhost:${port}/${database}${parameters}`,
    async stop() {
      child.kill('SIGTERM');
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}
