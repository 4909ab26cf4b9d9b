import { readDatabaseError } from './read-database-error.ts';

/** What a database that was reached refuses later, by SQLSTATE. */
const REFUSALS: Record<string, (reason: string) => string> = {
  '25006': () =>
    'The database is read-only, so nothing was changed: it may be a replica, or set so. Use the address of the primary server.',
  '42501': (reason) => `The database refuses: ${reason}. Grant the role of DATABASE_URL the right to it.`,
  '53100': () => 'The database server has no disk space left, so nothing was changed.',
  '57014': () => 'The database took longer than a statement may, so nothing was changed. Try again.',
};

/** What the database refused to a statement, in a sentence that says what to change; null for any other error. */
export function describeDatabaseError(error: unknown): { code: string; message: string } | null {
  const fault = readDatabaseError(error);
  const refusal = fault?.sqlState === undefined ? undefined : REFUSALS[fault.sqlState];
  if (fault === undefined || refusal === undefined) return null;
  return { code: 'database-refused', message: refusal(fault.message) };
}
