import { Prisma } from '../../db/index.ts';

/** A breach of an invariant in a company's books. */
export interface Finding {
  companyId: bigint;
  /** Null where the row belongs to no wallet. */
  walletId: bigint | null;
  /** Which invariant, e.g. `seal`, `chain`, `grant`. */
  check: string;
  table: string;
  /** The row within its company or wallet, e.g. `seq 17`, `grant 3`, `api/call-1 revision 0`. */
  row: string;
  column: string;
  expected: string | null;
  found: string | null;
}

export interface Scope {
  companyId: bigint;
  /** Only what was posted from then on, a UTC midnight, on top of sealed days; null: everything. */
  since: Date | null;
}

/**
 * One invariant of a company's books as one statement. Its query returns wallet_id, row, column, expected and found, a row for each
 * breach; one that goes through a table for several invariants at once also returns `check_name` and `table_name`.
 *
 * Its cost must grow with the rows that it reads: rows are matched by hash or in the order of a key, never one by one, but for
 * the few that are suspect; and values become text only where they differ.
 */
export interface Check {
  name: string;
  table: string;
  query: (scope: Scope) => Prisma.Sql;
}

/** The most findings that are listed of one invariant in one company. */
export const MAX_FINDINGS_A_CHECK = 200;

/** The rows of a table with a posting time (or another column of it) that a scope asks for. */
export function postedSince({ since }: Scope, column: string): Prisma.Sql {
  return since === null ? Prisma.empty : Prisma.sql`AND ${Prisma.raw(column)} >= ${since}`;
}

/**
 * Always true. The planner takes a comparison of a function's answer for true of one row in 200: it is to hash these rows and not
 * the millions that are held against them.
 */
export function areFew(column: string): Prisma.Sql {
  return Prisma.raw(`num_nonnulls(${column}) = 1 AND num_nulls(${column}) = 0`);
}
