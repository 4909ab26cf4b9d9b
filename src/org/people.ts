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

type StoredCompany = NonNullable<Awaited<ReturnType<Queryable['company']['findUnique']>>>;
type CompanyRow = Pick<
  StoredCompany,
  | 'id'
  | 'name'
  | 'timeZone'
  | 'country'
  | 'billingMethod'
  | 'billingDay'
  | 'pooled'
  | 'purchaseMinMicros'
  | 'purchaseMaxMicros'
  | 'purchaseDailyMaxMicros'
  | 'retentionMonths'
  | 'suspendedAt'
  | 'closingAt'
  | 'approvalLimitMicros'
  | 'operatorApprovalLimitMicros'
>;

/** A company with what one person is to it; ids inside arrays are texts, as JSON has no whole numbers of eight bytes. */
interface PersonRow extends CompanyRow {
  roles: [role: Role, officeId: string | null, departmentId: string | null][];
  isInDirectory: boolean;
  offices: [id: string, name: string, isPrimary: boolean, country: string][];
}

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
  const [row] = await db.$queryRaw<PersonRow[]>`/* prepared: find-person */ SELECT
    company.id, company.name, time_zone AS "timeZone", company.country, billing_method AS "billingMethod",
    billing_day AS "billingDay", pooled, purchase_min_micros AS "purchaseMinMicros",
    purchase_max_micros AS "purchaseMaxMicros", purchase_daily_max_micros AS "purchaseDailyMaxMicros",
    retention_months AS "retentionMonths", suspended_at AS "suspendedAt", closing_at AS "closingAt",
    approval_limit_micros AS "approvalLimitMicros", operator_approval_limit_micros AS "operatorApprovalLimitMicros",
    (SELECT coalesce(jsonb_agg(jsonb_build_array(role, office_id::text, department_id::text) ORDER BY id), '[]')
      FROM role_assignment WHERE company_id = company.id AND team_id = workspace.team_id AND user_id = ${userId}
      AND suspended_at IS NULL) AS roles,
    EXISTS (SELECT FROM member WHERE company_id = company.id AND slack_user_id = ${userId} AND kind = 'person'
      AND active) AS "isInDirectory",
    (SELECT coalesce(jsonb_agg(jsonb_build_array(id::text, name, is_primary, country) ORDER BY is_primary DESC, name), '[]')
      FROM office WHERE company_id = company.id) AS offices
    FROM workspace JOIN company ON company.id = workspace.company_id WHERE team_id = ${teamId}`;
  if (row === undefined) return null;
  const toId = (id: string | null): bigint | null => (id === null ? null : BigInt(id));
  const roles = row.roles.map(
    ([role, officeId, departmentId]): HeldRole => ({
      role,
      officeId: toId(officeId),
      departmentId: toId(departmentId),
    }),
  );
  if (row.isInDirectory && !roles.some(({ role }) => role === 'member'))
    roles.push({ role: 'member', officeId: null, departmentId: null });
  if (roles.length === 0) return null;
  const offices = row.offices.map(
    ([id, name, isPrimary, country]): Office => ({ id: BigInt(id), name, isPrimary, country }),
  );
  return { company: toCompany(row), offices, teamId, userId, roles };
}
