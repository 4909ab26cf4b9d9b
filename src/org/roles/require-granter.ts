import type { Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { canManage } from '../access.ts';
import { findPerson } from '../people.ts';
import type { Granter } from './role-changes.ts';

/**
 * Reads the granter's own role under the company's lock: it may have been revoked since the form was opened.
 * Throws RefillError `not-company-admin`. Applies R30.4.
 */
export async function requireGranter(tx: Tx, companyId: bigint, by: Granter): Promise<void> {
  if (by === 'operator') return;
  const person = await findPerson(tx, by);
  if (person === null || person.company.id !== companyId || !canManage(person, 'people'))
    throw new RefillError('not-company-admin', 'Only company admins can change roles.');
}
