import type { Prisma } from '../../db/index.ts';

/** Something in the books that is not as it must be. */
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
}

/**
 * One invariant as one statement, so that it sees one moment of a ledger that is being posted to. Its query returns
 * wallet_id, row, column, expected and found, a row for each breach.
 */
export interface Check {
  name: string;
  table: string;
  query: (scope: Scope) => Prisma.Sql;
}

/** The same for one wallet at a time, so that the sorts behind it stay small. */
export interface WalletCheck {
  name: string;
  table: string;
  query: (scope: Scope & { walletId: bigint }) => Prisma.Sql;
}
