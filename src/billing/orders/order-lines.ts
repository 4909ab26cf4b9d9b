import type { Queryable, Tx } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { dollars, fromMicros, type Micros, type Money, toMicros } from '../../money.ts';
import type { Scope } from '../../org/index.ts';
import { type OrderRow, type PricedOrder, scopeOf } from './order.ts';

/** One line of an order as it is stored: so much for one office, or for the shared credits (R9). */
export type OrderLine = Awaited<ReturnType<Tx['orderLine']['findMany']>>[number];

/** A line that a person wants to buy: an amount for these credits. */
export interface WantedLine {
  scope: Scope;
  amount: Money;
}

/** The lines of an order in their order; none where nothing is chosen yet. */
export async function listLines(
  db: Queryable,
  { companyId, id: orderId }: Pick<OrderRow, 'companyId' | 'id'>,
): Promise<OrderLine[]> {
  return await db.orderLine.findMany({ where: { companyId, orderId }, orderBy: { position: 'asc' } });
}

/**
 * The lines of an order whose amount is fixed. Throws RangeError where they are not that amount in sum: nothing is charged
 * or credited by lines that differ from what was judged.
 */
export async function readLines(
  db: Queryable,
  order: Pick<PricedOrder, 'companyId' | 'id' | 'amountMicros'>,
): Promise<[OrderLine, ...OrderLine[]]> {
  const [first, ...others] = await listLines(db, order);
  const lines = first === undefined ? [] : [first, ...others];
  if (first === undefined || sumOf(lines) !== order.amountMicros)
    throw new RangeError(
      `the lines of order ${order.id} are ${sumOf(lines)} in sum, not ${order.amountMicros}`,
    );
  return [first, ...others];
}

/** An order with its lines. */
export type LinedOrder = PricedOrder & { lines: readonly OrderLine[] };

/** An order with its lines. Throws as `readLines`. */
export async function withLines(db: Queryable, order: PricedOrder): Promise<LinedOrder> {
  return { ...order, lines: await readLines(db, order) };
}

/** What lines are in sum, in micro-dollars. */
export function sumOf(lines: readonly { amountMicros: Micros }[]): Micros {
  return lines.reduce((sum, { amountMicros }) => sum + amountMicros, 0n);
}

/** Whether two orders buy the same for the same credits, in whatever order. */
export function areSameLines(some: readonly OrderLine[], others: readonly OrderLine[]): boolean {
  const isIn = (line: OrderLine) =>
    others.some(
      ({ officeId, amountMicros }) => officeId === line.officeId && amountMicros === line.amountMicros,
    );
  return some.length === others.length && some.every(isIn);
}

/** What is wanted in all. */
export function totalOf(lines: readonly WantedLine[]): Money {
  return lines.reduce((sum, { amount }) => sum.plus(amount), dollars('0'));
}

/** The same lines as they would be wanted anew. */
export function toWanted(lines: readonly OrderLine[]): WantedLine[] {
  return lines.map((line) => ({ scope: scopeOf(line), amount: fromMicros(line.amountMicros) }));
}

/** Wanted lines as columns of their rows, in their order. */
export function toColumns(
  lines: readonly WantedLine[],
): { position: number; officeId: bigint | null; amountMicros: Micros }[] {
  return lines.map(({ scope, amount }, position) => ({
    position,
    officeId: scope.kind === 'office' ? scope.officeId : null,
    amountMicros: toMicros(amount),
  }));
}

/** Stores the lines of a purchase that is not confirmed yet, in place of those chosen before. */
export async function replaceLines(
  tx: Tx,
  { companyId, id: orderId }: Pick<OrderRow, 'companyId' | 'id'>,
  lines: readonly WantedLine[],
): Promise<void> {
  await tx.orderLine.deleteMany({ where: { companyId, orderId } });
  await tx.orderLine.createMany({ data: toColumns(lines).map((line) => ({ companyId, orderId, ...line })) });
}

/**
 * Refuses lines that are no order: none, an amount that is not above zero or not in whole cents, credits that are named
 * twice. Throws RefillError `bad-lines`. Applies R9.19.
 */
export function assertAreLines(lines: readonly WantedLine[]): void {
  const offices = toColumns(lines).map(({ officeId }) => officeId);
  if (lines.length === 0) throw new RefillError('bad-lines', 'Choose what to buy.');
  if (new Set(offices).size < offices.length)
    throw new RefillError('bad-lines', 'Name each office once, with all that it is to get.');
  if (lines.some(({ amount }) => !amount.isPositive() || amount.isZero() || amount.decimalPlaces() > 2))
    throw new RefillError('bad-lines', 'Enter an amount above zero, in whole cents, for each office.');
}
