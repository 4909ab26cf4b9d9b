import type { Queryable } from '../db/index.ts';
import { RefillError } from '../errors.ts';

type PartyKind = 'office' | 'department' | 'member';

const KINDS = {
  office: (db: Queryable) => db.office,
  department: (db: Queryable) => db.department,
  member: (db: Queryable) => db.member,
};

/** A company's offices with the phone system's own ids, the primary one first, then by name. */
export async function listOfficeRefs(
  db: Queryable,
  companyId: bigint,
): Promise<{ id: bigint; name: string; externalRef: string | null; isPrimary: boolean }[]> {
  return await db.office.findMany({
    where: { companyId },
    orderBy: [{ isPrimary: 'desc' }, { name: 'asc' }],
    select: { id: true, name: true, externalRef: true, isPrimary: true },
  });
}

/**
 * Our ids of offices, departments or members that a program names by the phone system's own ids, or by their whole names.
 * Throws RefillError `bad-query` for one that is none of this company's.
 */
export async function findParties(
  db: Queryable,
  companyId: bigint,
  kind: PartyKind,
  named: readonly string[],
): Promise<bigint[]> {
  const given = [...named];
  // The three have these columns alike, but Prisma gives each a type of its own.
  const table = KINDS[kind](db) as ReturnType<(typeof KINDS)['office']>;
  const rows = await table.findMany({
    where: { companyId, OR: [{ externalRef: { in: given } }, { name: { in: given } }] },
    select: { id: true, name: true, externalRef: true },
  });
  return named.flatMap((name) => {
    const byRef = rows.filter(({ externalRef }) => externalRef === name);
    const found = byRef.length > 0 ? byRef : rows.filter((row) => row.name === name);
    if (found.length > 0) return found.map(({ id }) => id);
    throw new RefillError(
      'bad-query',
      `${kind}: ${JSON.stringify(name.slice(0, 60))} is none of this company`,
    );
  });
}
