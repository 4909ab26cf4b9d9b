import type { Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { changeRole } from './change-role.ts';
import { namePlaces, readChoice } from './name-places.ts';
import { requireGranter } from './require-granter.ts';
import type { Granter, RoleChoice, RolePlace } from './role-changes.ts';

export interface RoleRevocation {
  companyId: bigint;
  teamId: string;
  userId: string;
  /** Which of their roles; null: all of them. A choice without offices and departments is all of that role. */
  choices: readonly RoleChoice[] | null;
  by: Granter;
  /** The operator's alone: takes the last active company admin's role, too. */
  isForced?: boolean;
  at: Date;
}

export interface Revoked {
  removed: RolePlace[];
  /** Nobody is left who may grant roles in Slack. */
  leavesNoAdmin: boolean;
}

/**
 * Takes roles from a person (R30). The caller holds the company's lock. Throws RefillError `not-company-admin`,
 * `role-not-held`, `place-unknown`, and `last-admin`: the last active company admin stays, but for the operator's force.
 * Applies R30.5.
 */
export async function revokeRole(tx: Tx, revocation: RoleRevocation): Promise<Revoked> {
  const { companyId, teamId, userId, choices, by, isForced = false, at } = revocation;
  await requireGranter(tx, companyId, by);
  const held = await tx.roleAssignment.findMany({
    where: { companyId, teamId, userId },
    orderBy: { id: 'asc' },
  });
  const wanted = choices === null ? null : await readWanted(tx, companyId, choices);
  const rows = held.filter((row) => wanted === null || wanted.some((isWanted) => isWanted(row)));
  if (rows.length === 0) throw new RefillError('role-not-held', 'They don’t have that role.', { userId });
  const isActiveAdmin = rows.some(
    ({ role, suspendedAt }) => role === 'company_admin' && suspendedAt === null,
  );
  const leavesNoAdmin = isActiveAdmin && (await isOnlyAdmin(tx, { companyId, teamId, userId }));
  if (leavesNoAdmin && !(isForced && by === 'operator'))
    throw new RefillError('last-admin', 'This is the only active company admin. Add another one first.');
  const removed = await namePlaces(tx, companyId, rows);
  for (const role of removed)
    await changeRole(tx, { event: 'revoked', companyId, teamId, userId, role, by, at, leavesNoAdmin });
  return { removed, leavesNoAdmin };
}

type Row = { role: string; officeId: bigint | null; departmentId: bigint | null };

/** A test of a row for each choice. */
async function readWanted(
  tx: Tx,
  companyId: bigint,
  choices: readonly RoleChoice[],
): Promise<((row: Row) => boolean)[]> {
  const tests: ((row: Row) => boolean)[] = [];
  for (const choice of choices) {
    const isNarrowed = choice.officeIds.length + choice.departmentIds.length > 0;
    const places = isNarrowed ? await readChoice(tx, companyId, choice) : null;
    tests.push((row) =>
      places === null ? row.role === choice.role : places.some((place) => isSamePlace(place, row)),
    );
  }
  return tests;
}

function isSamePlace(a: Row, b: Row): boolean {
  return a.role === b.role && a.officeId === b.officeId && a.departmentId === b.departmentId;
}

async function isOnlyAdmin(
  tx: Tx,
  { companyId, teamId, userId }: { companyId: bigint; teamId: string; userId: string },
): Promise<boolean> {
  const others = await tx.roleAssignment.count({
    where: { companyId, teamId, userId: { not: userId }, role: 'company_admin', suspendedAt: null },
  });
  return others === 0;
}
