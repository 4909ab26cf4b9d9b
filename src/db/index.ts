/** The database room's door: the client, transactions, error recognition, migrations. `embedded/` has its own. */
export { bigintArray, intArray, textArray, timeArray } from './array-parameter.ts';
export { Prisma } from './generated/client.ts';
export { migrateDatabase } from './migrate.ts';
export { type Db, openDb, type Queryable, type Tx } from './open-db.ts';
export { openPool } from './open-pool.ts';
export {
  isDatabaseUnavailable,
  isUniqueViolation,
  readDatabaseError,
} from './read-database-error.ts';
export { inTransaction } from './run-transaction.ts';
