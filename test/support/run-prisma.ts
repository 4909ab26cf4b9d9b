import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Compares the database with schema.prisma; status 2 where they differ. */
export const DIFF = [
  'migrate',
  'diff',
  '--from-config-datasource',
  '--to-schema',
  'prisma/schema.prisma',
  '--exit-code',
];

/** Runs the Prisma command line against a migrated database, on the stand-in engine. */
export function runPrisma(databaseUrl: string, ...args: string[]): { status: number | null; output: string } {
  const cli = path.join(
    path.dirname(createRequire(import.meta.url).resolve('prisma/package.json')),
    'build/index.js',
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      PRISMA_SCHEMA_ENGINE_BINARY: path.resolve('prisma/dev-schema-engine.mjs'),
      CHECKPOINT_DISABLE: '1',
    },
  });
  return { status, output: stdout + stderr };
}
