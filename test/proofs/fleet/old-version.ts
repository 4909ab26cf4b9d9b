import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);

/** A checkout of an older version, built as for production, with the packages of this one. */
export async function buildOldVersion(commit: string): Promise<{ root: string; close(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'refill-old-'));
  const root = path.join(folder, 'checkout');
  const close = async (): Promise<void> => {
    await run('git', ['worktree', 'remove', '--force', root], { cwd: ROOT }).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await run('git', ['worktree', 'add', '--detach', root, commit], { cwd: ROOT });
    await symlink(path.join(ROOT, 'node_modules'), path.join(root, 'node_modules'));
    await run(process.execPath, ['src/start/build.mjs'], { cwd: root });
    return { root, close };
  } catch (error) {
    await close();
    throw error;
  }
}
