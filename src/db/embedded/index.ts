/** The embedded PostgreSQL: started by the app when no DATABASE_URL is set, found by commands that run beside it. */
export { findEmbeddedPostgres } from './find-embedded-postgres.ts';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  type ServerEnd,
  startEmbeddedPostgres,
} from './start-embedded-postgres.ts';
