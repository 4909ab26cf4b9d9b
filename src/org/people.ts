import type { PaymentMethod, Queryable, Role } from '../db/index.ts';
import { fromMicros, type Money } from '../money.ts';

export type { Role };

export interface Office {
  id: bigint;
  name: string;
  isPrimary: boolean;
  /** ISO 3166 alpha-2. */
  country: string;
}

/** Whether a company is served, is suspended by the operator, or is closed or being closed. */
export type CompanyState = 'active' | 'suspended' | 'closed';

export interface Company {
  id: bigint;
  name: string;
  /** IANA name, e.g. America/Los_Angeles. */
  timeZone: string;
  country: string;
  billingMethod: PaymentMethod;
  /** Day of the month on which billing periods start; 31 means the last day (R3). */
  billingDay: number;
  /** Whether general credits are shared company-wide (R5). */
  pooled: boolean;
  purchaseLimits: { min: Money; max: Money; perDay: Money };
  /** For how many months phone numbers of usage are kept; null: for good. */
  retentionMonths: number | null;
  /** Suspended: nothing is bought, charged or changed until the operator resumes it. */
  state: CompanyState;
  /** Above which a second admin approves (R9), by the company's and the operator's choice; null: none. */
  approvalLimits: { own: Money | null; operator: Money | null };
}

/** A role that a person has, and for what. */
export interface HeldRole {
  role: Role;
  /** The office of an office admin or manager. */
  officeId: bigint | null;
  /** The department of a manager of one. */
  departmentId: bigint | null;
}

/** Somebody in a Slack workspace that belongs to a company, with what they may do there. */
export interface Person {
  company: Company;
  offices: readonly Office[];
  teamId: string;
  userId: string;
  roles: readonly HeldRole[];
}

type CompanyRow = NonNullable<Awaited<ReturnType<Queryable['company']['findUnique']>>>;

/** The state of a company's row. */
export function stateOfCompany(row: Pick<CompanyRow, 'suspendedAt' | 'closingAt'>): CompanyState {
  if (row.closingAt !== null) return 'closed';
  return row.suspendedAt === null ? 'active' : 'suspended';
}

function toCompany(row: CompanyRow): Company {
  return {
    id: row.id,
    name: row.name,
    timeZone: row.timeZone,
    country: row.country,
    billingMethod: row.billingMethod,
    billingDay: row.billingDay,
    pooled: row.pooled,
    retentionMonths: row.retentionMonths,
    state: stateOfCompany(row),
    purchaseLimits: {
      min: fromMicros(row.purchaseMinMicros),
      max: fromMicros(row.purchaseMaxMicros),
      perDay: fromMicros(row.purchaseDailyMaxMicros),
    },
    approvalLimits: {
      own: row.approvalLimitMicros === null ? null : fromMicros(row.approvalLimitMicros),
      operator: row.operatorApprovalLimitMicros === null ? null : fromMicros(row.operatorApprovalLimitMicros),
    },
  };
}

/** The company, or null when there is none of that id. */
export async function findCompany(db: Queryable, companyId: bigint): Promise<Company | null> {
  const row = await db.company.findUnique({ where: { id: companyId } });
  return row === null ? null : toCompany(row);
}

/** The companies that the operator suspended or closed. */
export async function listSuspended(db: Queryable): Promise<bigint[]> {
  const rows = await db.company.findMany({ where: { suspendedAt: { not: null } }, select: { id: true } });
  return rows.map(({ id }) => id);
}

/** The company's offices, primary first, then by name. */
export async function listOffices(db: Queryable, companyId: bigint): Promise<Office[]> {
  const rows = await db.office.findMany({
    where: { companyId },
    orderBy: [{ isPrimary: 'desc' }, { name: 'asc' }],
  });
  return rows.map(({ id, name, isPrimary, country }) => ({ id, name, isPrimary, country }));
}

/**
 * Who a Slack identity is to its workspace's company: with the roles that are granted and not suspended, and a member
 * at once where the directory has them (R30). Null when the workspace is bound to no company or the identity has
 * neither: a stranger sees nothing. Identity is always the pair (workspace, user). Inside a transaction that holds the
 * company's lock this is what decides. Applies R30.1.
 */
export async function findPerson(
  db: Queryable,
  who: { teamId: string; userId: string },
): Promise<Person | null> {
  const { teamId, userId } = who;
  const workspace = await db.workspace.findUnique({ where: { teamId }, include: { company: true } });
  if (workspace?.company == null) return null;
  const company = toCompany(workspace.company);
  const granted = await db.roleAssignment.findMany({
    where: { companyId: company.id, teamId, userId, suspendedAt: null },
    orderBy: { id: 'asc' },
  });
  const isMember = await isInDirectory(db, company.id, userId);
  const offices = await listOffices(db, company.id);
  const roles = granted.map(
    ({ role, officeId, departmentId }): HeldRole => ({ role, officeId, departmentId }),
  );
  if (isMember && !roles.some(({ role }) => role === 'member'))
    roles.push({ role: 'member', officeId: null, departmentId: null });
  if (roles.length === 0) return null;
  return { company, offices, teamId, userId, roles };
}

/** Whether an active person of the company's directory was matched with this Slack user. */
async function isInDirectory(db: Queryable, companyId: bigint, slackUserId: string): Promise<boolean> {
  const person = await db.member.findFirst({
    where: { companyId, slackUserId, kind: 'person', active: true },
    select: { id: true },
  });
  return person !== null;
}
