/**
 * `npm run build`: generates the Prisma client, compiles src into dist and the local workspace's page into dist/page, so
 * that what runs is JavaScript without a loader. With --if-changed it builds where a source is newer than the last build,
 * and nothing where there is no compiler, as in a production install. Types are checked by `npm run check`, not here.
 */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DIST = path.join(ROOT, 'dist');
/** Written last, so that a build that was killed counts as none. */
const STAMP = path.join(DIST, '.built');
const SOURCES = ['src', 'prisma/schema.prisma', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
/** What the program reads beside its code. */
const DATA = ['rating/data'];

const compiler = findCompiler();
if (!process.argv.includes('--if-changed')) await build();
else if (compiler !== undefined && isStale()) {
  process.stdout.write('Building…\n');
  await build();
}

async function build() {
  if (compiler === undefined) throw new Error('TypeScript is not installed: npm ci');
  rmSync(DIST, { recursive: true, force: true });
  await run(path.join('prisma', 'generate.mjs'));
  await Promise.all([run(compiler, '-p', 'tsconfig.build.json', '--noCheck'), buildPage()]);
  await bundleDatabaseClient();
  for (const folder of DATA)
    cpSync(path.join(ROOT, 'src', folder), path.join(DIST, folder), {
      recursive: true,
      filter: (file) => !file.endsWith('.ts'),
    });
  writeFileSync(STAMP, '');
}

function run(...args) {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('close', (status) =>
      status === 0 ? resolve() : reject(new Error(`${args.join(' ')} ended with ${status}`)),
    );
  });
}

/**
 * Puts what the generated client takes of @prisma/client into one file beside its query compiler for PostgreSQL. The
 * package itself, 72 MB of compilers for every database, is needed for building only.
 */
async function bundleDatabaseClient() {
  const { build: buildWithVite } = await import('vite');
  const compiled = path.join(DIST, 'db/generated');
  const bundled = path.join(DIST, 'db/bundled');
  await buildWithVite({
    configFile: false,
    root: ROOT,
    logLevel: 'error',
    ssr: { noExternal: [/^@prisma\/client/] },
    build: { ssr: path.join(compiled, 'client.js'), outDir: bundled, minify: false },
  });
  rmSync(compiled, { recursive: true });
  renameSync(bundled, compiled);
}

async function buildPage() {
  const { build: buildWithVite } = await import('vite');
  await buildWithVite({
    configFile: path.join(ROOT, 'src/sandbox/slack/page/vite.config.ts'),
    logLevel: 'error',
  });
}

function findCompiler() {
  try {
    const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
    return path.join(path.dirname(manifest), 'bin', 'tsc');
  } catch {
    return undefined;
  }
}

function isStale() {
  if (!existsSync(STAMP)) return true;
  const built = statSync(STAMP).mtimeMs;
  return SOURCES.some((source) => isNewer(path.join(ROOT, source), built));
}

/** A file's time says that it changed, a folder's that a file was added to it or removed. */
function isNewer(file, since) {
  const found = statSync(file);
  if (found.mtimeMs > since) return true;
  return found.isDirectory() && readdirSync(file).some((name) => isNewer(path.join(file, name), since));
}
