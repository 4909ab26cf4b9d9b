import { z } from 'zod';
import type { Queryable, Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { dollars, fromMicros, type Money } from '../../money.ts';
import {
  type AnswerRight,
  type Company,
  findPerson,
  type Person,
  readActor,
  type Scope,
} from '../../org/index.ts';
import { DEFAULTS } from '../kinds/recharge/settings.ts';
import { keyOf, type OrderRow, scopeOf } from '../orders/order.ts';

const id = z.string().regex(/^\d{1,19}$/);
const amount = z.string().regex(/^\d+(\.\d{1,6})?$/);
const period = z.enum(['monthly', 'annual']);
const ofOffice = { officeId: id.nullable(), amount };

const change = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('recharge'),
    ...ofOffice,
    walletId: id,
    threshold: amount,
    cap: amount,
    chargesNow: z.boolean(),
  }),
  z.object({
    kind: z.literal('bundle'),
    ...ofOffice,
    bundleId: id,
    token: z.string(),
    name: z.string(),
    period,
  }),
  z.object({
    kind: z.literal('bundle_change'),
    ...ofOffice,
    bundleId: id,
    token: z.string(),
    name: z.string(),
    period,
    from: z.string(),
  }),
  z.object({ kind: z.literal('recurring'), ...ofOffice }),
  z.object({ kind: z.literal('limit'), to: amount.nullable(), amount }),
]);

/** A change that waits for its yes: everything that is needed to make it then. */
export type Change = z.infer<typeof change>;

/** What a question is about: a purchase that waits, or a change. */
export type Subject = { order: OrderRow } | { change: Change };

type Row = { companyId: bigint; orderId: bigint | null; change: unknown };

/** What a kept question is about. */
export async function readSubject(db: Queryable, row: Row): Promise<Subject> {
  const { companyId, orderId } = row;
  if (orderId === null) return { change: change.parse(row.change) };
  return { order: await db.purchaseOrder.findUniqueOrThrow({ where: keyOf({ companyId, id: orderId }) }) };
}

export function isSameChange(a: Change, b: Change): boolean {
  return JSON.stringify(change.parse(a)) === JSON.stringify(change.parse(b));
}

/** Names what a change is about: at most one question about it is open. */
export function subjectKeyOf(of: Change): string {
  switch (of.kind) {
    case 'recharge':
      return rechargeSubjectKey(BigInt(of.walletId));
    case 'bundle':
      return `bundle:${of.token}`;
    case 'bundle_change':
      return switchSubjectKey(of.token);
    case 'recurring':
      return `recurring:${of.officeId ?? 'pool'}:${of.amount}`;
    case 'limit':
      return LIMIT_SUBJECT_KEY;
  }
}

export const LIMIT_SUBJECT_KEY = 'limit';
export const switchSubjectKey = (token: string): string => `bundle_change:${token}`;
export const rechargeSubjectKey = (walletId: bigint): string => `recharge:${walletId}`;

/** Whose credits a subject is about; null: the company's rules. */
export function scopeOfSubject(of: Subject): Scope | null {
  if ('order' in of) return scopeOf(of.order);
  if (of.change.kind === 'limit') return null;
  const { officeId } = of.change;
  return scopeOf({ officeId: officeId === null ? null : BigInt(officeId) });
}

/**
 * Who may answer, as things are now: the company's limits, recharge limits and whatever resumes auto-recharge are the
 * company admins' alone; everything else is answered by whoever may buy for the same credits (R30).
 */
export async function rightToAnswer(
  db: Queryable,
  company: Pick<Company, 'id'>,
  of: Subject,
): Promise<AnswerRight> {
  const scope = scopeOfSubject(of);
  if (scope === null) return 'company_admins';
  if ('order' in of || of.change.kind !== 'recharge') return scope;
  const setting = await db.rechargeSetting.findFirst({
    where: { companyId: company.id, walletId: BigInt(of.change.walletId) },
  });
  const present = setting === null ? DEFAULTS.cap : fromMicros(setting.capMicros);
  const isResumed = setting !== null && setting.pausedFor !== null;
  return isResumed || !present.equals(dollars(of.change.cap)) ? 'company_admins' : scope;
}

/** What would be charged, at a time or each period. */
export function amountOf(of: Subject): string {
  return 'order' in of ? fromMicros(of.order.amountMicros ?? 0n).toFixed(2) : of.change.amount;
}

/** Whether a yes charges something in that moment. */
export function chargesAtOnce(of: Subject): boolean {
  if ('order' in of || of.change.kind === 'bundle' || of.change.kind === 'recurring') return true;
  return of.change.kind === 'recharge' && of.change.chargesNow;
}

/** Whoever asked, as they are now. Throws RefillError `requester-may-not` where they are nobody there any more. */
export async function findAsker(tx: Tx, row: { companyId: bigint; askedBy: string }): Promise<Person> {
  const { teamId, userId } = readActor(row.askedBy);
  const person = await findPerson(tx, { teamId, userId });
  if (person === null || person.company.id !== row.companyId)
    throw new RefillError('requester-may-not', 'Whoever asked is not there any more.');
  return person;
}

/** An amount as a change keeps it. */
export function textOf(money: Money): string {
  return money.toFixed(2);
}

/** A subject as the audit keeps it. */
export function describeSubject(of: Subject): Record<string, string | boolean | null> {
  return 'order' in of ? { order: of.order.id.toString(), amount: amountOf(of) } : { ...of.change };
}
