import { defineConfig } from 'prisma/config';

/**
 * Configuration of the Prisma command line, a development tool here: the app itself migrates with
 * src/db/migrate.ts and connects with src/db/client.ts. DATABASE_URL is only needed by commands that connect.
 */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  ...(process.env.DATABASE_URL === undefined ? {} : { datasource: { url: process.env.DATABASE_URL } }),
});
