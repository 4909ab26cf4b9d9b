import { isDatabaseUnavailable, readDatabaseError } from '../db/index.ts';
import { type ErrorCode, RefillError } from '../errors.ts';

/** SQLSTATEs that the ledger's functions raise; their message is the code. */
const RAISED = new Set(['RF001', 'RF002']);

const SENTENCES = {
  'no-book': 'This company has no books yet.',
  'key-conflict': 'This key was used for something else.',
  'office-unknown': 'This office has no credits of its own.',
  'hold-unknown': 'No hold of that key is known.',
  'hold-resolved': 'That hold was resolved already.',
  'usage-unknown': 'No usage of that key is known.',
  'usage-time': 'This usage would lie in the future, or too long ago.',
  'wallet-unknown': 'No such wallet is known.',
  'grant-unknown': 'No such credit is known.',
  'reversal-too-large': 'That is more than is left of this credit to take back.',
  'reversal-unknown': 'Nothing was taken back under that key.',
  'refund-too-large': 'That is nothing, or more than the usage cost.',
  'allocation-mismatch': 'The parts do not add up to what is there.',
  'ledger-refused': 'The ledger refused this.',
} satisfies Partial<Record<ErrorCode, string>>;

/** Runs a ledger function and turns its refusals into a RefillError with the function's code. */
export async function asLedgerCall<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const fault = readDatabaseError(error);
    if (fault?.sqlState === undefined || !RAISED.has(fault.sqlState) || isDatabaseUnavailable(error))
      throw error;
    const raised = /[a-z]+(-[a-z]+)+/.exec(fault.message)?.[0] ?? '';
    const code = isKnown(raised) ? raised : 'ledger-refused';
    throw new RefillError(code, SENTENCES[code], { raised }, { cause: error });
  }
}

/** The error of a company whose books were never opened. */
export function noBook(companyId: bigint): RefillError {
  return new RefillError('no-book', SENTENCES['no-book'], { companyId });
}

function isKnown(code: string): code is keyof typeof SENTENCES {
  return Object.hasOwn(SENTENCES, code);
}
