/**
 * `npm run build`: compiles the server into dist, so that what runs is JavaScript without a loader.
 *
 *   node src/start/build.mjs                  the server alone, all of it: for production
 *   node src/start/build.mjs --try-out        and the stand-ins, the demo company and the local workspace's page
 *   … --if-changed                            each part only where a source of it is newer than its last build, and nothing
 *                                             where there is no compiler, as in a production install
 *
 * Types are checked by `npm run check`, not here.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DIST = path.join(ROOT, 'dist');
const PAGE = 'src/stand-ins/local-workspace/page';
/** What the program reads beside its code. */
const DATA = ['rating/data'];
/** Compiled, but part of the try-out only. */
const TRY_OUT = ['stand-ins', 'demo', 'start/start-try-out.js', 'start/start-try-out.js.map'];
const SETTINGS = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

const isTryOut = process.argv.includes('--try-out');
const isIfChanged = process.argv.includes('--if-changed');

/** In their order: each is built from its sources, and its stamp is written last, so that a build that was killed counts as none. */
const PARTS = [
  {
    stamp: 'client',
    sources: ['prisma/schema.prisma', 'package-lock.json'],
    outcome: path.join(ROOT, 'src/db/generated/client.ts'),
    build: () => run(path.join('prisma', 'generate.mjs')),
  },
  {
    stamp: isTryOut ? 'try-out' : 'server',
    sources: ['src', ...SETTINGS],
    outcome: path.join(DIST, 'main.js'),
    build: buildServer,
  },
  ...(isTryOut
    ? [
        {
          stamp: 'page',
          sources: [PAGE, 'src/stand-ins/local-workspace/protocol.ts', ...SETTINGS],
          outcome: path.join(DIST, 'page'),
          build: buildPage,
        },
      ]
    : []),
];

const compiler = findCompiler();
/** An installed package has no sources. */
const hasSources = existsSync(path.join(ROOT, 'src/main.ts'));
if (compiler !== undefined && hasSources) await buildParts();
else if (!isIfChanged) throw new Error('There is nothing to build with: npm ci');

async function buildParts() {
  let hasSaidSo = !isIfChanged;
  for (const part of PARTS) {
    const stamp = path.join(DIST, `.built-${part.stamp}`);
    if (isIfChanged && existsSync(part.outcome) && !isStale(part.sources, stamp)) continue;
    if (!hasSaidSo) process.stdout.write('Building…\n');
    hasSaidSo = true;
    await part.build();
    mkdirSync(DIST, { recursive: true });
    writeFileSync(stamp, '');
  }
}

async function buildServer() {
  for (const name of existsSync(DIST) ? readdirSync(DIST) : [])
    if (!['page', '.built-page', '.built-client'].includes(name))
      rmSync(path.join(DIST, name), { recursive: true, force: true });
  await run(compiler, '-p', 'tsconfig.build.json', '--noCheck');
  await bundleDatabaseClient();
  for (const folder of DATA)
    cpSync(path.join(ROOT, 'src', folder), path.join(DIST, folder), {
      recursive: true,
      filter: (file) => !file.endsWith('.ts'),
    });
  if (isTryOut) return;
  for (const name of [...TRY_OUT, 'page', '.built-page'])
    rmSync(path.join(DIST, name), { recursive: true, force: true });
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
  await buildWithVite({ configFile: path.join(ROOT, PAGE, 'vite.config.ts'), logLevel: 'error' });
}

function run(...args) {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('close', (status) =>
      status === 0 ? resolve() : reject(new Error(`${args.join(' ')} ended with ${status}`)),
    );
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

function isStale(sources, stamp) {
  if (!existsSync(stamp)) return true;
  const built = statSync(stamp).mtimeMs;
  return sources.some((source) => isNewer(path.join(ROOT, source), built));
}

/** A file's time says that it changed, a folder's that a file was added to it or removed. */
function isNewer(file, since) {
  const found = statSync(file);
  if (found.mtimeMs > since) return true;
  return found.isDirectory() && readdirSync(file).some((name) => isNewer(path.join(file, name), since));
}
