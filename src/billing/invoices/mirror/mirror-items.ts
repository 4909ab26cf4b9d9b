import type { Money } from '../../../money.ts';
import type { InvoiceDocument } from '../invoice-rows.ts';
import { sumLines } from '../sum-lines.ts';

/** The processor takes 250 items an invoice. */
const MOST_ITEMS = 200;

export interface MirrorItem {
  /** The same for the same line, whenever it is asked. */
  reference: string;
  description: string;
  amount: Money;
}

/** An invoice's lines as items of its mirror: one each, or where they are too many their sums by what they are for. Pure. */
export function toMirrorItems({ lines }: Pick<InvoiceDocument, 'lines'>): MirrorItem[] {
  const named = lines.map((line) => ({
    ...line,
    what: line.office === null ? line.description : `${line.description} for ${line.office}`,
  }));
  if (named.length <= MOST_ITEMS)
    return named.map(({ what, receipt, amount }) => ({
      reference: receipt,
      description: `${what} · ${receipt}`,
      amount,
    }));
  return sumLines(named).map(({ what, count, amount }, index) => ({
    reference: `sum-${index + 1}`,
    description: `${what} × ${count}`,
    amount,
  }));
}
