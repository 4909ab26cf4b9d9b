/**
 * Who may do what, once (R30.3). A company admin may do everything; an office admin sees and buys for the assigned
 * offices; a manager sees the usage of assigned offices and departments with its cost, and no balance, card or
 * purchase; a member sees their own records without cost, and may request credits. Everything else asks here.
 */
import type { Queryable } from '../db/index.ts';
import type { Office, Person, Role } from './people.ts';

/** Whose credits: the company's shared pool, or one office's. */
export type Scope = { kind: 'company' } | { kind: 'office'; officeId: bigint };

/** What a person may do, as far as it does not depend on an office. */
type Roles = Pick<Person, 'roles'>;

export function isCompanyAdmin(person: Roles): boolean {
  return person.roles.some(({ role }) => role === 'company_admin');
}

/** What is the company's and no office's, and the role that decides it (R30). */
const DECIDED_BY = {
  people: 'company_admin',
  cards: 'company_admin',
  bundles: 'company_admin',
  invoices: 'company_admin',
  settings: 'company_admin',
  /** The approval limit, the recharge limit of a month, and resuming what is paused. */
  limits: 'company_admin',
} as const satisfies Record<string, Role>;

export function canManage(person: Roles, matter: keyof typeof DECIDED_BY): boolean {
  return person.roles.some(({ role }) => role === DECIDED_BY[matter]);
}

function administers(person: Person, officeId: bigint): boolean {
  return (
    isCompanyAdmin(person) || person.roles.some((r) => r.role === 'office_admin' && r.officeId === officeId)
  );
}

/** Company and office admins see money; managers see usage, members neither. */
export function canSeeMoney(person: Roles): boolean {
  return person.roles.some(({ role }) => role === 'company_admin' || role === 'office_admin');
}

/** The offices whose credits this person may see, primary first. */
export function moneyOffices(person: Person): Office[] {
  return person.offices.filter((office) => administers(person, office.id));
}

/** Whether this person may limit what an office spends, and its departments and people (R31). */
export function canLimit(person: Person, officeId: bigint): boolean {
  return administers(person, officeId);
}

/** The offices whose usage this person may see as a whole, primary first. A department's manager sees it apart. */
export function visibleOffices(person: Person): Office[] {
  if (isCompanyAdmin(person)) return [...person.offices];
  const own = new Set(
    person.roles.filter(({ role }) => role === 'office_admin' || role === 'manager').map((r) => r.officeId),
  );
  return person.offices.filter((office) => own.has(office.id));
}

/** The departments whose usage this person may see without seeing that of their office. */
export function managedDepartments(person: Roles): bigint[] {
  return person.roles.flatMap(({ role, departmentId }) =>
    role === 'manager' && departmentId !== null ? [departmentId] : [],
  );
}

/** Whether there is usage of others that this person may see, with what it costs. */
export function canSeeUsage(person: Person): boolean {
  return visibleOffices(person).length > 0 || managedDepartments(person).length > 0;
}

/**
 * Where this person may buy credits. With shared credits there is one place, the company's pool, and the
 * company admin buys for it; otherwise each office an admin is assigned to (R5).
 */
export function buyableScopes(person: Person): Scope[] {
  if (person.company.pooled) return isCompanyAdmin(person) ? [{ kind: 'company' }] : [];
  return moneyOffices(person).map((office) => ({ kind: 'office', officeId: office.id }));
}

export function canBuyFor(person: Person, scope: Scope): boolean {
  return buyableScopes(person).some((candidate) => isSameScope(candidate, scope));
}

/** Whether there is anything that this person may set: company admins all, office admins what is their offices'. */
export function canChangeSettings(person: Person): boolean {
  return canManage(person, 'settings') || buyableScopes(person).length > 0;
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

/** How many credits a label names before it counts the others. */
const MAX_NAMED = 3;

/** How people call several scopes together: "New York, Boston and 4 others". */
export function labelScopes(of: Pick<Person, 'company' | 'offices'>, scopes: readonly Scope[]): string {
  const names = scopes.map((scope) => labelScope(of, scope));
  const named = names.length > MAX_NAMED + 1 ? names.slice(0, MAX_NAMED) : names;
  const others = names.length - named.length;
  const parts = others === 0 ? named : [...named, `${others} others`];
  return new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(parts);
}

export interface Admin {
  userId: string;
  role: Role;
  officeId: bigint | null;
  /** Since when they have this role; one that is younger than a day is pointed out where they approve. */
  grantedAt: Date;
}

/** Whom a person without the right can ask for credits: company admins first, then office admins; suspended roles excluded. */
export async function listBuyers(db: Queryable, companyId: bigint): Promise<Admin[]> {
  const rows = await db.roleAssignment.findMany({
    where: { companyId, role: { in: ['company_admin', 'office_admin'] }, suspendedAt: null },
    orderBy: [{ role: 'asc' }, { id: 'asc' }],
  });
  return rows.map(({ userId, role, officeId, grantedAt }) => ({
    userId,
    role,
    officeId,
    grantedAt,
  }));
}

/** The company's active admins, each once, the one of longest standing first. */
export async function listCompanyAdmins(db: Queryable, companyId: bigint): Promise<string[]> {
  const buyers = await listBuyers(db, companyId);
  return buyers.filter(({ role }) => role === 'company_admin').map(({ userId }) => userId);
}
