import type { Queryable } from '../db/index.ts';
import {
  type Admin,
  canBuyFor,
  isCompanyAdmin,
  isSameScope,
  labelScope,
  listBuyers,
  type Scope,
} from './access.ts';
import { approvalLimit } from './approval-limit.ts';
import { type Company, listOffices, type Person } from './people.ts';

/** How many people have to be able to answer about some credits: one may be the requester, the other approves (R9). */
const MIN_APPROVERS = 2;

/** Who may answer: who may buy for all of these credits, or company admins alone about what concerns the whole company (R30). */
export type AnswerRight = readonly Scope[] | 'company_admins';

export interface Approver {
  userId: string;
  isCompanyAdmin: boolean;
  /** Since when this person may answer. */
  since: Date;
}

export function mayAnswer(person: Person, right: AnswerRight): boolean {
  return right === 'company_admins'
    ? isCompanyAdmin(person)
    : right.length > 0 && right.every((scope) => canBuyFor(person, scope));
}

/**
 * Everybody who may answer, the requester included; company admins first, then who had the role longest. The same rule as `mayAnswer`.
 */
export async function listApprovers(
  db: Queryable,
  company: Pick<Company, 'id' | 'pooled'>,
  right: AnswerRight,
): Promise<Approver[]> {
  return selectApprovers(await listBuyers(db, company.id), company, right);
}

/** Everybody who may buy for these credits, each once; the same rule as `canBuyFor`. */
export async function listBuyersFor(
  db: Queryable,
  company: Pick<Company, 'id' | 'pooled'>,
  scope: Scope,
): Promise<string[]> {
  return (await listApprovers(db, company, [scope])).map(({ userId }) => userId);
}

/** Some credits that too few people could approve for. */
export interface ScopeWithoutApprover {
  scope: Scope;
  /** The office, or the company where credits are shared. */
  label: string;
  approvers: number;
}

/**
 * The wallets that people buy for and about which fewer than two people could answer: an approval limit leaves what is
 * above it there to the operator (R30). Empty where there is none. Applies R9.15.
 */
export async function listWalletsWithoutApprover(
  db: Queryable,
  company: Company,
): Promise<ScopeWithoutApprover[]> {
  const assignments = await listBuyers(db, company.id);
  const offices = await listOffices(db, company.id);
  const scopes: Scope[] = company.pooled
    ? [{ kind: 'company' }]
    : offices.map(({ id }) => ({ kind: 'office', officeId: id }));
  return scopes
    .map((scope) => ({
      scope,
      label: labelScope({ company, offices }, scope),
      approvers: selectApprovers(assignments, company, [scope]).length,
    }))
    .filter(({ approvers }) => approvers < MIN_APPROVERS);
}

function selectApprovers(
  assignments: readonly Admin[],
  { pooled }: Pick<Company, 'pooled'>,
  right: AnswerRight,
): Approver[] {
  // Null: company admins alone.
  const asked = right === 'company_admins' ? [null] : right;
  const userIds = [...new Set(assignments.map(({ userId }) => userId))];
  const approvers = userIds.flatMap((userId): Approver[] => {
    const own = assignments.filter((each) => each.userId === userId);
    const since = asked.map((scope) => earliest(own.filter((role) => isRoleFor(role, { pooled }, scope))));
    // All of them, since the last of the roles that it takes.
    const last = since.includes(null) ? null : since.toSorted((a, b) => Number(b) - Number(a))[0];
    if (last == null) return [];
    return [{ userId, isCompanyAdmin: own.some(({ role }) => role === 'company_admin'), since: last }];
  });
  return approvers.toSorted(
    (a, b) =>
      Number(b.isCompanyAdmin) - Number(a.isCompanyAdmin) ||
      a.since.getTime() - b.since.getTime() ||
      (a.userId < b.userId ? -1 : 1),
  );
}

function isRoleFor(
  { role, officeId }: Admin,
  { pooled }: Pick<Company, 'pooled'>,
  scope: Scope | null,
): boolean {
  if (role === 'company_admin') return true;
  return !pooled && scope !== null && officeId !== null && isSameScope(scope, { kind: 'office', officeId });
}

/** The earliest time at which one of these roles was granted; null where there is none. */
function earliest(roles: readonly Admin[]): Date | null {
  return roles.reduce<Date | null>(
    (first, { grantedAt }) => (first !== null && first <= grantedAt ? first : grantedAt),
    null,
  );
}

/** The credits that an approval limit is in force for, and about which fewer than two people could answer, by name. */
export async function listUnanswerable(db: Queryable, company: Company): Promise<string[]> {
  if (approvalLimit(company) === null) return [];
  return (await listWalletsWithoutApprover(db, company)).map(({ label }) => label);
}
