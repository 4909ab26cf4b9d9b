import type { Queryable } from '../db/index.ts';
import { type Company, type Office, type Person, parseRole, type Role } from './people.ts';

/** Whose credits: the company's shared pool, or one office's. */
export type Scope = { kind: 'company' } | { kind: 'office'; officeId: bigint };

export function isCompanyAdmin(person: Person): boolean {
  return person.roles.some(({ role }) => role === 'company_admin');
}

function administers(person: Person, officeId: bigint): boolean {
  return (
    isCompanyAdmin(person) || person.roles.some((r) => r.role === 'office_admin' && r.officeId === officeId)
  );
}

/** Company and office admins see money; managers see usage, members neither. */
export function canSeeMoney(person: Person): boolean {
  return person.roles.some(({ role }) => role === 'company_admin' || role === 'office_admin');
}

/** The offices whose money or usage this person may see, primary first. */
export function visibleOffices(person: Person): Office[] {
  if (isCompanyAdmin(person)) return [...person.offices];
  const own = new Set(
    person.roles.filter(({ role }) => role === 'office_admin' || role === 'manager').map((r) => r.officeId),
  );
  return person.offices.filter((office) => own.has(office.id));
}

/**
 * Where this person may buy credits. With shared credits there is one place, the company's pool, and the
 * company admin buys for it; otherwise each office an admin is assigned to (R5).
 */
export function buyableScopes(person: Person): Scope[] {
  if (person.company.pooled) return isCompanyAdmin(person) ? [{ kind: 'company' }] : [];
  return person.offices
    .filter((office) => administers(person, office.id))
    .map((office) => ({ kind: 'office', officeId: office.id }));
}

export function canBuyFor(person: Person, scope: Scope): boolean {
  return buyableScopes(person).some((candidate) => isSameScope(candidate, scope));
}

export function isSameScope(a: Scope, b: Scope): boolean {
  if (a.kind === 'company' || b.kind === 'company') return a.kind === b.kind;
  return a.officeId === b.officeId;
}

/** How people call a scope: the office's name, or the company's for the shared credits. */
export function labelScope(of: Pick<Person, 'company' | 'offices'>, scope: Scope): string {
  if (scope.kind === 'company') return of.company.name;
  return of.offices.find((office) => office.id === scope.officeId)?.name ?? 'Unknown office';
}

/** Whom somebody without the right can ask for credits: company admins first, then office admins. */
export async function listBuyers(
  db: Queryable,
  companyId: bigint,
): Promise<{ userId: string; role: Role; officeId: bigint | null }[]> {
  const rows = await db.roleAssignment.findMany({
    where: { companyId, role: { in: ['company_admin', 'office_admin'] } },
    orderBy: [{ role: 'asc' }, { id: 'asc' }],
  });
  return rows.map((row) => ({ userId: row.userId, role: parseRole(row.role), officeId: row.officeId }));
}

/** Everybody who may buy for these credits, each once; the same rule as `canBuyFor`. */
export async function listBuyersFor(
  db: Queryable,
  company: Pick<Company, 'id' | 'pooled'>,
  scope: Scope,
): Promise<string[]> {
  const buyers = await listBuyers(db, company.id);
  const may = buyers.filter(
    ({ role, officeId }) =>
      role === 'company_admin' || (!company.pooled && scope.kind === 'office' && officeId === scope.officeId),
  );
  return [...new Set(may.map(({ userId }) => userId))];
}
