import type { RateDeckMode, Tx } from '../../db/index.ts';

/** How an import is meant: the whole price list of the groups it has, or changes to it. */

/** A group of rows that a file speaks for as a whole: kind, licence, direction and origin. */
export interface GroupFacts {
  kind: string;
  licence: string | null;
  direction: string | null;
  origin: string | null;
  /** Rows in force when the file begins. */
  rows: number;
  /** Rows of these that the file lacks. */
  ending: number;
  /** The file has rows of it. */
  isNamed: boolean;
}

/**
 * Compares the staged rows with those of their keys that are in force when each begins, into the transaction's own table
 * `judged`: what it changes, and whether it has to be stored. A row that says again what is in force changes nothing.
 */
export async function judgeRows(tx: Tx): Promise<void> {
  await tx.$executeRaw`
    CREATE TEMP TABLE judged ON COMMIT DROP AS
    SELECT j.*, change NOT IN ('same', 'nothing') OR of_key > 1
        OR (change = 'same' AND (ends_at IS DISTINCT FROM was_ends_at OR destination <> was_destination)) AS is_stored
    FROM (
      SELECT s.*, count(*) OVER (PARTITION BY s.key) AS of_key, b.rate AS was_rate, b.first_seconds AS was_first_seconds,
        b.next_seconds AS was_next_seconds, b.fee AS was_fee, b.ends_at AS was_ends_at, b.destination AS was_destination,
        CASE
          WHEN s.state = 'closed' THEN CASE WHEN b.key IS NULL THEN 'nothing' ELSE 'ended' END
          WHEN s.state = 'blocked' THEN CASE WHEN b.state = 'blocked' THEN 'same' ELSE 'blocked' END
          WHEN b.key IS NULL OR b.state = 'blocked' THEN 'added'
          WHEN s.rate > b.rate THEN 'dearer'
          WHEN s.rate < b.rate THEN 'cheaper'
          WHEN (s.first_seconds, s.next_seconds, s.fee) <> (b.first_seconds, b.next_seconds, b.fee) THEN 'terms'
          ELSE 'same'
        END AS change
      FROM staged AS s
      LEFT JOIN LATERAL (
        SELECT newest.* FROM (
          SELECT r.* FROM rate_row AS r WHERE r.key = s.key AND r.starts_at <= s.starts_at
          ORDER BY r.starts_at DESC, r.version DESC LIMIT 1) AS newest
        WHERE newest.state <> 'closed' AND (newest.ends_at IS NULL OR newest.ends_at > s.starts_at)) AS b ON true) AS j`;
}

/**
 * Finds what a full import ends, into the transaction's own table `lacking`: rows in force when it begins of the groups that it
 * has, and rows of these keys that were to begin later. Empty for changes.
 */
export async function findLacking(tx: Tx, mode: RateDeckMode, beginsAt: Date): Promise<void> {
  await tx.$executeRaw`
    CREATE TEMP TABLE lacking ON COMMIT DROP AS
    WITH named AS (SELECT DISTINCT left(key, length(key) - length(prefix)) AS group_key FROM staged),
    begun AS (
      SELECT DISTINCT ON (key) * FROM rate_row WHERE starts_at <= ${beginsAt} ORDER BY key, starts_at DESC, version DESC),
    coming AS (SELECT DISTINCT ON (key, starts_at) * FROM rate_row WHERE starts_at > ${beginsAt} AND ${mode} = 'full'
      ORDER BY key, starts_at, version DESC),
    ends AS (
      SELECT ${beginsAt}::timestamptz AS at, false AS is_coming, begun.* FROM begun
      WHERE state <> 'closed' AND (ends_at IS NULL OR ends_at > ${beginsAt}) AND ${mode} = 'full'
      UNION ALL
      SELECT starts_at, true, coming.* FROM coming WHERE state <> 'closed')
    SELECT * FROM ends
    WHERE left(key, length(key) - length(prefix)) IN (SELECT group_key FROM named)
      AND NOT EXISTS (SELECT FROM staged WHERE staged.key = ends.key)`;
}

/** The groups with rows in force when the file begins, and how many rows of each it ends. */
export async function listGroups(tx: Tx, beginsAt: Date): Promise<GroupFacts[]> {
  return await tx.$queryRaw<GroupFacts[]>`
    WITH begun AS (
      SELECT DISTINCT ON (key) * FROM rate_row WHERE starts_at <= ${beginsAt} ORDER BY key, starts_at DESC, version DESC),
    named AS (SELECT DISTINCT left(key, length(key) - length(prefix)) AS group_key FROM staged)
    SELECT kind, licence, direction, origin, count(*)::integer AS rows,
      count(*) FILTER (WHERE EXISTS (SELECT FROM lacking WHERE lacking.key = begun.key AND NOT is_coming))::integer AS ending,
      bool_or(left(key, length(key) - length(prefix)) IN (SELECT group_key FROM named)) AS "isNamed"
    FROM begun WHERE state <> 'closed' AND (ends_at IS NULL OR ends_at > ${beginsAt})
    GROUP BY kind, licence, direction, origin ORDER BY kind, licence, direction, origin`;
}

/** Stores what the import changes under its version, and answers how many rows that are. */
export async function storeRows(tx: Tx, version: bigint, rowCount: number): Promise<number> {
  const changed = await tx.$executeRaw`
    INSERT INTO rate_row (version, ordinal, key, kind, licence, direction, origin, prefix, starts_at, ends_at, state,
      destination, rate, first_seconds, next_seconds, fee)
    SELECT ${version}, ordinal, key, kind, licence, direction, origin, prefix, starts_at, ends_at, state, destination, rate,
      first_seconds, next_seconds, fee
    FROM judged WHERE is_stored`;
  const ended = await tx.$executeRaw`
    INSERT INTO rate_row (version, ordinal, key, kind, licence, direction, origin, prefix, starts_at, state, destination, rate,
      first_seconds, next_seconds, fee)
    SELECT ${version}, ${rowCount} + row_number() OVER (ORDER BY key, at), key, kind, licence, direction, origin, prefix, at,
      'closed', destination, 0, 60, 60, 0
    FROM lacking`;
  return changed + ended;
}
