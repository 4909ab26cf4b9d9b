/** The database room's only door: the client, transactions, error recognition, migrations, the embedded server. */
export { Prisma } from './generated/client.ts';
export { type MigrateOptions, migrateDatabase } from './migrate.ts';
export { type Db, openDb, type Queryable, type Tx } from './open-db.ts';
export { openPool, type PoolOptions } from './open-pool.ts';
export {
  type DatabaseFault,
  isDatabaseUnavailable,
  isTransactionConflict,
  isUniqueViolation,
  readDatabaseError,
  toCallerError,
} from './read-database-error.ts';
export { inTransaction, type TransactionOptions } from './run-transaction.ts';
