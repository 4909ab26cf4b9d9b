import type { Db } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { nameOperator } from '../acting-operator.ts';

/**
 * Closes a notice by its number, with who did it. Throws RefillError `notice-unknown` where none of that number is open.
 */
export async function closeOperatorNotice(
  db: Db,
  { id, reason, at }: { id: bigint; reason: string | null; at: Date },
): Promise<void> {
  const by = JSON.stringify({ resolvedBy: nameOperator('operator'), ...(reason === null ? {} : { reason }) });
  const closed = await db.$executeRaw`
    UPDATE operator_notice SET resolved_at = greatest(since, ${at}), details = details || ${by}::jsonb
    WHERE id = ${id} AND resolved_at IS NULL`;
  if (closed === 0)
    throw new RefillError('notice-unknown', `No operator notice ${id} is open. See: refill operator list`);
}
