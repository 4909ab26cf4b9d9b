import { createHash } from 'node:crypto';
import { readDatabaseError } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';

export interface DescribedError {
  readonly code: string;
  /** One sentence for the operator: what is wrong and what to do. */
  readonly message: string;
  readonly status: 1 | 2;
  /** Where the sentence says nothing about the cause, for REFILL_LOG=debug. */
  readonly stack: string | undefined;
}

/** What the database refuses to a command that runs, by SQLSTATE. */
const REFUSALS: Record<string, (reason: string) => string> = {
  '25006': () =>
    'The database is read-only, so nothing was changed: it may be a replica, or set so. Use the address of the primary server.',
  '28P01': (reason) => `The database refuses: ${reason}. Correct the user or password in DATABASE_URL.`,
  '28000': (reason) => `The database refuses: ${reason}. Correct DATABASE_URL, or the server's pg_hba.conf.`,
  '3D000': (reason) => `The database refuses: ${reason}. Create it, or correct DATABASE_URL.`,
  '42501': (reason) => `The database refuses: ${reason}. Grant the role of DATABASE_URL the right to it.`,
  '53100': () => 'The database server has no disk space left, so nothing was changed.',
  '57014': () => 'The database took longer than a statement may, so nothing was changed. Try again.',
};

/** What a TLS handshake with the database fails with. */
const TLS_CODES =
  /^(SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_\w+|ERR_SSL_\w+)$/;

/** Any error in one sentence, with the exit status that belongs to it: 2 for what was typed wrong, 1 for everything else. */
export function describeError(error: unknown): DescribedError {
  const sentence = (code: string, message: string, status: 1 | 2 = 1): DescribedError => ({
    code,
    message,
    status,
    stack: undefined,
  });
  if (error instanceof RefillError)
    return sentence(error.code, error.message, error.code === 'bad-argument' ? 2 : 1);
  const fault = readDatabaseError(error);
  const refusal = fault?.sqlState === undefined ? undefined : REFUSALS[fault.sqlState];
  if (fault !== undefined && refusal !== undefined)
    return sentence('database-refused', refusal(fault.message));
  const code = readCode(error);
  if (TLS_CODES.test(code) || /SSL/.test(fault?.message ?? ''))
    return sentence(
      'database-certificate',
      `The database's certificate was not accepted (${fault?.message ?? code}). Name its authority in DATABASE_URL: ?sslmode=verify-full&sslrootcert=FILE`,
    );
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    code: 'unexpected',
    message: `Something went wrong in Refill itself (reference ${referenceOf(stack)}). Set REFILL_LOG=debug to see where.`,
    status: 1,
    stack,
  };
}

function readCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The same for the same fault, so that two reports of it are known as one. */
function referenceOf(stack: string): string {
  return createHash('sha256').update(stack.replace(/\d+/g, '0')).digest('hex').slice(0, 8);
}
