import type { Money } from '../../money.ts';
import type { UsageDifference, UsageFacts } from '../../usage/index.ts';
import { exactAmount } from '../frame/index.ts';

/** A difference between a file of usage and the books, in a line. */
export function describeDifference(difference: UsageDifference): string {
  const { kind, line, source, externalId } = difference;
  const place = line === null ? [] : [`line ${line}`];
  return [kind, ...place, `${source} ${externalId}`, describe(difference)].join('  ');
}

function describe({ kind, file, books, differs, waits }: UsageDifference): string {
  if (kind === 'missing' && file !== null)
    return `${describeFacts(file)}${waits === null ? '' : `; it waits in the inbox: ${waits}`}`;
  if (kind === 'extra' && books !== null) return describeFacts(books);
  if (file === null || books === null) return '';
  return differs.map((fact) => `${fact}: file ${SHOW[fact](file)}, books ${SHOW[fact](books)}`).join('; ');
}

const SHOW: Record<UsageDifference['differs'][number], (facts: UsageFacts) => string> = {
  time: ({ usageAt }) => usageAt.toISOString(),
  duration: ({ durationMs }) => `${durationMs / 1_000} s`,
  direction: ({ direction }) => direction,
  quantity: ({ quantity }) => String(quantity ?? 0),
  cost: ({ cost }) => (cost === null ? '' : exactAmount(cost)),
};

function describeFacts({ usageAt, direction, durationMs, cost }: UsageFacts): string {
  return [usageAt.toISOString(), direction, `${durationMs / 1_000} s`, ...costOf(cost)].join(', ');
}

function costOf(cost: Money | null): string[] {
  return cost === null ? [] : [exactAmount(cost)];
}
