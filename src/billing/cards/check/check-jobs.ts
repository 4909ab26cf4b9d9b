import type { Queryable } from '../../../db/index.ts';
import { enqueue } from '../../../queue/index.ts';

/** Has a check moved on: its charge, or its refund. One at a time for a company, with its purchases. */
export async function enqueueCheck(
  tx: Queryable,
  { companyId, id }: { companyId: bigint; id: bigint },
): Promise<void> {
  const options = { queue: `company:${companyId}`, key: `${companyId}:${id}` };
  await enqueue(tx, 'advance-card-check', { companyId, checkId: id }, options);
}

/** Has the direct message of a check say how it stands. */
export async function enqueueShowCheck(
  tx: Queryable,
  { companyId, id }: { companyId: bigint; id: bigint },
): Promise<void> {
  const options = { queue: `show-check:${companyId}:${id}`, key: `${companyId}:${id}` };
  await enqueue(tx, 'show-card-check', { companyId, checkId: id }, options);
}

/** Has whoever opened the card page asked about the card that came of it. */
export async function enqueueQuestion(
  tx: Queryable,
  { companyId, id }: { companyId: bigint; id: bigint },
): Promise<void> {
  const options = { queue: `card:${companyId}:${id}`, key: `${companyId}:${id}` };
  await enqueue(tx, 'ask-about-card', { companyId, cardId: id }, options);
}
