import { RefillError } from '../../errors.ts';
import type { UsageFilter } from '../../ledger/index.ts';
import {
  canSeeUsage,
  isCompanyAdmin,
  managedDepartments,
  type Person,
  visibleOffices,
} from '../../org/index.ts';
import type { ExportQuery } from './types.ts';

/**
 * The usage that this person asked for, within what they may see: a company admin's is the company's, an office admin's
 * that of their offices, a manager's that of their offices and departments. Offices that are not theirs, another
 * company's among them, are refused rather than left out. Throws RefillError `not-allowed`.
 */
export function allowQuery(person: Person, query: ExportQuery): UsageFilter {
  const visible = visibleOffices(person).map(({ id }) => id);
  const isForeign = query.officeIds?.some((id) => !visible.includes(id)) ?? false;
  if (!canSeeUsage(person) || isForeign)
    throw new RefillError('not-allowed', 'That usage is not yours to export.');
  const filter = { ...query, companyId: person.company.id };
  if (isCompanyAdmin(person) || query.officeIds !== undefined) return filter;
  const departmentIds = managedDepartments(person);
  return departmentIds.length === 0
    ? { ...filter, officeIds: visible }
    : { ...filter, within: { officeIds: visible, departmentIds } };
}
