import { execFile } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A text that no other process has: when it started, on this boot of the machine. Process numbers are reused, above all
 * after a reboot and in containers, so a number alone proves nothing. Undefined when no such process lives.
 */
export async function identifyProcess(pid: number): Promise<string | undefined> {
  if (!isAlive(pid)) return undefined;
  if (process.platform !== 'linux') return psField(pid, 'lstart');
  try {
    const [status, bootId] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The second field, the program's name in parentheses, may hold spaces: count from behind it. A zombie is dead.
    const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${bootId.trim()}:${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** True when the process is a PostgreSQL server of that (absolute, resolved) data directory. */
export async function isServerOf(pid: number, dataDirectory: string): Promise<boolean> {
  if ((await identifyProcess(pid)) === undefined) return false;
  if (process.platform !== 'linux') {
    const command = (await psField(pid, 'command')) ?? '';
    return command.includes('postgres') && command.includes(dataDirectory);
  }
  try {
    // A PostgreSQL server works inside its data directory, wherever that was moved since.
    const [name, folder] = await Promise.all([
      readFile(`/proc/${pid}/comm`, 'utf8'),
      readlink(`/proc/${pid}/cwd`),
    ]);
    return name.trim() === 'postgres' && folder === dataDirectory;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, under another account.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function psField(pid: number, field: string): Promise<string | undefined> {
  try {
    // Times are compared as text, which is the same in every locale and time zone.
    const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
    const { stdout } = await run('ps', ['-ww', '-o', `${field}=`, '-p', String(pid)], { env });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}
