import type { Queryable } from '../../db/index.ts';

/** A version of the operator's prices, without its rows. */
export interface DeckVersion {
  version: bigint;
  effectiveAt: Date;
  fileName: string;
  rowCount: number;
  forcedCount: number;
  importedBy: string;
  importedAt: Date;
  /** It is what usage of this instant costs. */
  isInForce: boolean;
}

/** All versions, the one that applies last first; `at` says which is in force. */
export async function listDecks(db: Queryable, at: Date): Promise<DeckVersion[]> {
  const rows = await db.$queryRaw<Omit<DeckVersion, 'isInForce'>[]>`
    SELECT version, effective_at AS "effectiveAt", file_name AS "fileName", row_count AS "rowCount",
      jsonb_array_length(forced) AS "forcedCount", imported_by AS "importedBy", imported_at AS "importedAt"
    FROM rate_deck ORDER BY effective_at DESC, version DESC`;
  const inForce = rows.find(({ effectiveAt }) => effectiveAt <= at)?.version;
  return rows.map((row) => ({ ...row, isInForce: row.version === inForce }));
}
