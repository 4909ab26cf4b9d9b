import type { Queryable } from '../../db/index.ts';
import { KINDS_ENDED_BY_CLOSING, type OperatorNoticeKind } from './kinds.ts';

/** Which open notice is meant: one a kind, company (null: the whole installation) and subject. */
export interface OperatorNoticeKey {
  kind: OperatorNoticeKind;
  companyId: bigint | null;
  /** Tells two open notices of one kind and company apart, e.g. a channel's id. */
  subject?: string;
}

/**
 * Records that the operator has to look at something, in the caller's transaction. While the same notice is open it is
 * counted and keeps the newest details; otherwise a new one opens, which is logged and posted once. What a closed company needs no
 * more is not recorded.
 */
export async function raiseOperatorNotice(
  tx: Queryable,
  notice: OperatorNoticeKey & { details?: Record<string, string | number | boolean | null>; at: Date },
): Promise<void> {
  const { kind, companyId, subject = '', details = {}, at } = notice;
  await tx.$executeRaw`
    INSERT INTO operator_notice (kind, company_id, subject, details, since, last_at)
    SELECT ${kind}, ${companyId}::bigint, ${subject}, ${JSON.stringify(details)}::jsonb, ${at}::timestamptz, ${at}::timestamptz
    WHERE NOT ${KINDS_ENDED_BY_CLOSING.has(kind)}::boolean
      OR NOT EXISTS (SELECT FROM company WHERE company.id = ${companyId}::bigint AND closing_at IS NOT NULL)
    ON CONFLICT (kind, company_id, subject) WHERE resolved_at IS NULL DO UPDATE SET
      count = operator_notice.count + 1,
      details = excluded.details,
      last_at = greatest(operator_notice.last_at, excluded.last_at)`;
}

/** Closes the open notice of this key; does nothing where none is open. Raised again later, it is a new one. */
export async function resolveOperatorNotice(
  tx: Queryable,
  { kind, companyId, subject = '', at }: OperatorNoticeKey & { at: Date },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE operator_notice SET resolved_at = greatest(since, ${at})
    WHERE kind = ${kind} AND company_id IS NOT DISTINCT FROM ${companyId} AND subject = ${subject} AND resolved_at IS NULL`;
}
