// Generates the Prisma client into src/db/generated, without a download.
//
// Every command of the Prisma CLI first looks for a native schema engine and would fetch one from outside the npm
// registry. `generate` never runs that engine, so naming any executable that exists satisfies the look-up. Node's own
// binary is the one that exists everywhere. (Never a binary that exits 0 whatever it is told: `migrate deploy` would
// then report success having done nothing.)
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const prismaPackage = createRequire(import.meta.url).resolve('prisma/package.json');
const prismaCli = path.join(path.dirname(prismaPackage), 'build', 'index.js');

const result = spawnSync(process.execPath, [prismaCli, 'generate', '--no-hints'], {
  cwd: root,
  encoding: 'utf8',
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  },
});

if (result.status !== 0) {
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}\n`);
  process.stderr.write('Refill: the Prisma client could not be generated from prisma/schema.prisma.\n');
  process.exit(1);
}
