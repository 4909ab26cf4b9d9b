import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MIGRATIONS = 'prisma/migrations';

const git = (repository: string, ...args: string[]): string =>
  execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/**
 * Migrations that were edited, renamed or removed since the newest baseline was added: in a commit, or in the working tree.
 * One that has not landed yet is changed by amending the commit that adds it.
 */
function findEditedMigrations(repository: string): string[] {
  const baseline = git(
    repository,
    'log',
    '--format=%H',
    '--no-renames',
    '--diff-filter=A',
    '-1',
    '--',
    `${MIGRATIONS}/*_baseline/migration.sql`,
  ).trim();
  if (baseline === '') return ['no commit adds a baseline'];
  const changes = (...range: string[]): string[] =>
    git(repository, ...range, '--no-renames', '--diff-filter=MDT', '--name-only', '--', MIGRATIONS)
      .split('\n')
      .filter((line) => line !== '');
  return [
    ...new Set([...changes('log', '--format=', `${baseline}..HEAD`), ...changes('diff', 'HEAD')]),
  ].sort();
}

/** A shallow clone, or none at all, has no history to look through. */
const hasHistory = existsSync('.git') && git('.', 'rev-parse', '--is-shallow-repository').trim() === 'false';

it.skipIf(!hasHistory)('no landed migration was edited since the baseline', () => {
  expect(findEditedMigrations('.')).toEqual([]);
});

describe('an edited migration', () => {
  let repository: string;
  const migration = (name: string) => path.join(MIGRATIONS, name, 'migration.sql');
  const write = async (name: string, sql: string) => {
    await mkdir(path.dirname(path.join(repository, migration(name))), { recursive: true });
    await writeFile(path.join(repository, migration(name)), sql);
  };
  const commit = () => {
    git(repository, 'add', '-A');
    git(repository, '-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-qm', 'change');
  };

  beforeEach(async () => {
    repository = await mkdtemp(path.join(tmpdir(), 'refill-history-'));
    git(repository, 'init', '-q');
    await write('1_before', 'SELECT 1');
    commit();
    await rm(path.join(repository, MIGRATIONS, '1_before'), { recursive: true });
    await write('2_baseline', 'SELECT 2');
    commit();
    await write('3_next', 'SELECT 3');
    commit();
  });
  afterEach(() => rm(repository, { recursive: true }));

  it('is found whether it was changed in a commit, in the working tree, or removed', async () => {
    expect(findEditedMigrations(repository)).toEqual([]);
    await write('3_next', 'SELECT 4');
    expect(findEditedMigrations(repository)).toEqual([migration('3_next')]);
    commit();
    await write('3_next', 'SELECT 3');
    commit();
    expect(findEditedMigrations(repository)).toEqual([migration('3_next')]);
    await rm(path.join(repository, MIGRATIONS, '2_baseline'), { recursive: true });
    commit();
    expect(findEditedMigrations(repository)).toEqual([migration('2_baseline'), migration('3_next')]);
  });
});
