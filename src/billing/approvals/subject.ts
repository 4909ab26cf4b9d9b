import { z } from 'zod';
import type { Queryable, Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { findPerson, type Person, readActor } from '../../org/index.ts';
import { keyOf, toPriced } from '../orders/order.ts';
import { withLines } from '../orders/order-lines.ts';
import { approvableOf, type StoredChange, type Subject } from './approvable.ts';

const stored = z.looseObject({ kind: z.string() });

/** What a stored question is about: a purchase that waits, or a change. */
export async function readSubject(
  db: Queryable,
  row: { companyId: bigint; orderId: bigint | null; change: unknown },
): Promise<Subject> {
  const { companyId, orderId } = row;
  if (orderId === null) return subjectOf(row.change);
  const order = await db.purchaseOrder.findUniqueOrThrow({ where: keyOf({ companyId, id: orderId }) });
  return { approvable: approvableOf(order.kind), asked: await withLines(db, toPriced(order)) };
}

/** A change as the subject of a question. */
export function subjectOf(change: unknown): Subject {
  const approvable = approvableOf(stored.parse(change).kind);
  return { approvable, asked: approvable.parse(change) };
}

export function isSameChange(a: unknown, b: StoredChange): boolean {
  return JSON.stringify(subjectOf(a).asked) === JSON.stringify(subjectOf(b).asked);
}

/** Who asked, as they are now. Throws RefillError `requester-may-not` where they are not there any more. */
export async function findAsker(tx: Tx, row: { companyId: bigint; askedBy: string }): Promise<Person> {
  const { teamId, userId } = readActor(row.askedBy);
  const person = await findPerson(tx, { teamId, userId });
  if (person === null || person.company.id !== row.companyId)
    throw new RefillError('requester-may-not', 'Whoever asked is not there any more.');
  return person;
}
