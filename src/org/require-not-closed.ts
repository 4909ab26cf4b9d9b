import type { Queryable } from '../db/index.ts';
import { RefillError } from '../errors.ts';
import { findCompany } from './people.ts';

/** What a phone system is answered that goes on sending for a company that was closed (R30.12). */
export function companyClosed(): RefillError {
  return new RefillError(
    'company-closed',
    'This company’s account is closed: no usage is taken, no hold is granted and nothing can be read any more. Ask your provider.',
  );
}

/** Throws RefillError `company-closed` for a company that is closed or being closed. */
export async function requireNotClosed(db: Queryable, companyId: bigint): Promise<void> {
  if ((await findCompany(db, companyId))?.state === 'closed') throw companyClosed();
}
