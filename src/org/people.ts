import type { Queryable } from '../db/index.ts';
import { fromMicros, type Money } from '../money.ts';

export type Role = 'company_admin' | 'office_admin' | 'manager' | 'member';

export interface Office {
  id: bigint;
  name: string;
  isPrimary: boolean;
  /** ISO 3166 alpha-2. */
  country: string;
}

export interface Company {
  id: bigint;
  name: string;
  /** IANA name, e.g. America/Los_Angeles. */
  timeZone: string;
  country: string;
  billingMethod: 'card' | 'invoice';
  /** Day of the month on which billing periods start; 31 means the last day (R3). */
  billingDay: number;
  /** Whether general credits are shared company-wide (R5). */
  pooled: boolean;
  purchaseLimits: { min: Money; max: Money; perDay: Money };
  /** Above which a second admin approves (R9), by the company's and the operator's choice; null: none. */
  approvalLimits: { own: Money | null; operator: Money | null };
}

/** Somebody in a Slack workspace that belongs to a company, with what they may do there. */
export interface Person {
  company: Company;
  offices: readonly Office[];
  teamId: string;
  userId: string;
  roles: readonly { role: Role; officeId: bigint | null }[];
}

type CompanyRow = NonNullable<Awaited<ReturnType<Queryable['company']['findUnique']>>>;

function toCompany(row: CompanyRow): Company {
  return {
    id: row.id,
    name: row.name,
    timeZone: row.timeZone,
    country: row.country,
    billingMethod: row.billingMethod === 'invoice' ? 'invoice' : 'card',
    billingDay: row.billingDay,
    pooled: row.pooled,
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

/** The company's offices, primary first, then by name. */
export async function listOffices(db: Queryable, companyId: bigint): Promise<Office[]> {
  const rows = await db.office.findMany({
    where: { companyId },
    orderBy: [{ isPrimary: 'desc' }, { name: 'asc' }],
  });
  return rows.map(({ id, name, isPrimary, country }) => ({ id, name, isPrimary, country }));
}

/**
 * Who a Slack identity is to its workspace's company. Null when the workspace is bound to no company or the
 * identity has no role there: a stranger sees nothing. Identity is always the pair (workspace, user).
 */
export async function findPerson(
  db: Queryable,
  who: { teamId: string; userId: string },
): Promise<Person | null> {
  const workspace = await db.workspace.findUnique({
    where: { teamId: who.teamId },
    include: { company: true },
  });
  if (workspace?.company == null) return null;
  const company = toCompany(workspace.company);
  const [roles, offices] = await Promise.all([
    db.roleAssignment.findMany({
      where: { companyId: company.id, teamId: who.teamId, userId: who.userId },
      orderBy: { id: 'asc' },
    }),
    listOffices(db, company.id),
  ]);
  if (roles.length === 0) return null;
  return {
    company,
    offices,
    teamId: who.teamId,
    userId: who.userId,
    roles: roles.map((row) => ({ role: parseRole(row.role), officeId: row.officeId })),
  };
}

/** A stored role; the database's own check admits no other. */
export function parseRole(role: string): Role {
  if (role === 'company_admin' || role === 'office_admin' || role === 'manager' || role === 'member')
    return role;
  throw new RangeError(`unknown role ${role}`);
}
