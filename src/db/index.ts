/** The database room's door: the client, transactions, error recognition, migrations. `embedded/` has its own. */
export { MIN_POSTGRES, readAddress, withDatabaseName } from './address/index.ts';
export { checkBackup, type RestoredBackup, restoreBackup } from './backup/restore-backup.ts';
export { type WrittenBackup, writeBackup } from './backup/write-backup.ts';
export {
  approvalState,
  balanceLevel,
  bundleKind,
  bundlePeriod,
  cardCheckPolicy,
  creditRequestState,
  digestPeriod,
  exportState,
  instanceMode,
  invoiceState,
  memberKind,
  noticeState,
  paymentMethod,
  role,
} from './closed-sets.ts';
export { describeDatabaseError } from './describe-database-error.ts';
export { Prisma } from './generated/client.ts';
export type {
  ApprovalState,
  CardCheckPolicy,
  CreditAdjustmentKind,
  CreditRequestState,
  DigestPeriod,
  DirectoryOutcome,
  ExportState,
  InstanceMode,
  InvoiceState,
  MemberKind,
  NoticeState,
  PaymentMethod,
  PhoneNumberKind,
  RateDeckMode,
  Role,
} from './generated/enums.ts';
export { migrateDatabase } from './migrate.ts';
export { type Db, openDb, type Queryable, type Tx } from './open-db.ts';
export { openPool } from './open-pool.ts';
export {
  isDatabaseUnavailable,
  isUniqueViolation,
  isUnstorableText,
  readDatabaseError,
} from './read-database-error.ts';
export { retryConflicts } from './retry-conflicts.ts';
export { RowOfArrays } from './row-of-arrays.ts';
export { rowsToAskFor } from './rows-to-ask-for.ts';
export { inTransaction } from './run-transaction.ts';
export { readSchemaState, requireCurrentSchema, type SchemaState, USAGE_CONVERSION } from './schema-state.ts';
export { copyTableIn, copyTableOut } from './table-file/copy-table.ts';
export { quoteAll, quoteName, tableLine, toLine } from './table-file/format.ts';
export { listMigrations, requireSameSchema } from './table-file/require-same-schema.ts';
export { type TableFile, type TableFileKind, withTableFile } from './table-file/table-file.ts';
export { withOwnConnection } from './table-file/with-own-connection.ts';
export { endWithChecksum, requireFree, writeTableFile } from './table-file/write-table-file.ts';
export { whereTraced } from './trace-transaction.ts';
export { tryDatabase } from './try-database.ts';
