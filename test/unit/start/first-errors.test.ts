import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataFolder } from '../../../src/db/embedded/data-folder.ts';
import { RefillError } from '../../../src/errors.ts';
import { startHttp } from '../../../src/http/index.ts';
import { createLogger } from '../../../src/log.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'refill-folder-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const open = (name: string): Promise<string> =>
  openDataFolder(name, '18').then(
    () => 'opened',
    (error: unknown) => (error instanceof RefillError ? error.message : String((error as Error).stack)),
  );

describe('a data folder that cannot be used', () => {
  it('is refused in one sentence that names it and what to do', async () => {
    const file = path.join(folder, 'file');
    await writeFile(file, 'x');
    for (const name of [
      file,
      path.join(file, 'below'),
      ...(existsSync('/proc/self') ? ['/proc/x/data', '/sys/x'] : []),
    ]) {
      const message = await open(name);
      expect(message).toMatch(/^Refill cannot use the data folder .* set REFILL_DATA to another folder\.$/);
      expect(message).toContain(name);
      expect(message).not.toContain('\n');
    }
  });

  it.skipIf(process.getuid?.() === 0)('is refused when its user may not write there', async () => {
    const locked = path.join(folder, 'locked');
    await openDataFolder(locked, '18');
    await chmod(locked, 0o500);
    expect(await open(locked)).toMatch(/may not write there/);
    expect(await open(path.join(locked, 'below'))).toMatch(/may not write there/);
    await chmod(locked, 0o700);
  });

  it('is made where it can be, several folders deep', async () => {
    expect(await open(path.join(folder, 'a/b/c'))).toBe('opened');
    expect(await open(path.join(folder, 'a/b/c'))).toBe('opened');
  });
});

describe('a Node that is too old', () => {
  const check = (version: string) =>
    spawnSync(process.execPath, ['src/start/check-node.mjs', version], { encoding: 'utf8' });

  it('is named before anything of the app is read; a newer one is not', () => {
    for (const version of ['18.20.8', '20.18.3', '16.0.0']) {
      const { status, stderr } = check(version);
      expect(status).toBe(1);
      expect(stderr).toBe(
        `Refill needs Node 20.19 or newer; this is ${version}. Install one from https://nodejs.org and start again.\n`,
      );
    }
    for (const version of ['20.19.0', '22.1.0', '24.0.0'])
      expect(check(version)).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('an address that nobody can listen on', () => {
  it('is named in a sentence', async () => {
    const options = { host: '203.0.113.7', port: 4999, log: createLogger('silent'), routes: [] };
    await expect(startHttp(options)).rejects.toThrow(
      /^Refill cannot listen on 203\.0\.113\.7, port 4999 \(EADDRNOTAVAIL\)\. Set REFILL_HOST/,
    );
  });
});
