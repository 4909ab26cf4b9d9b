/** The embedded PostgreSQL: started by the app when no DATABASE_URL is set, shared by commands that run beside it. */
export { attachEmbeddedPostgres } from './attach-embedded-postgres.ts';
export { setDatabaseAside } from './set-aside.ts';
export { type EmbeddedPostgres, startEmbeddedPostgres } from './start-embedded-postgres.ts';
