import type { Queryable } from '../../db/index.ts';

/** An import of the operator's prices, without its rows. */
export interface DeckVersion {
  version: bigint;
  effectiveAt: Date;
  fileName: string;
  mode: string;
  rowCount: number;
  /** Rows that price usage at the instant asked about. */
  inForceCount: number;
  forcedCount: number;
  importedBy: string;
  importedAt: Date;
  /** It prices something of that instant. */
  isInForce: boolean;
}

/** All imports, the newest first; `at` says which of their rows are in force. */
export async function listDecks(db: Queryable, at: Date): Promise<DeckVersion[]> {
  const rows = await db.$queryRaw<Omit<DeckVersion, 'isInForce'>[]>`
    WITH newest AS (
      SELECT DISTINCT ON (key) version, state, ends_at FROM rate_row WHERE starts_at <= ${at}
      ORDER BY key, starts_at DESC, version DESC),
    in_force AS (
      SELECT version, count(*)::integer AS rows FROM newest
      WHERE state <> 'closed' AND (ends_at IS NULL OR ends_at > ${at}) GROUP BY version)
    SELECT d.version, d.effective_at AS "effectiveAt", d.file_name AS "fileName", d.mode, d.row_count AS "rowCount",
      coalesce(in_force.rows, 0) AS "inForceCount", jsonb_array_length(d.forced) AS "forcedCount",
      d.imported_by AS "importedBy", d.imported_at AS "importedAt"
    FROM rate_deck AS d LEFT JOIN in_force ON in_force.version = d.version
    ORDER BY d.effective_at DESC, d.version DESC`;
  return rows.map((row) => ({ ...row, isInForce: row.inForceCount > 0 }));
}
