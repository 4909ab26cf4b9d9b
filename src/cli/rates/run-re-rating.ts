import { RefillError } from '../../errors.ts';
import { formatDollars } from '../../money.ts';
import type { NumberKeyDeps } from '../../org/index.ts';
import { reRate } from '../../usage/index.ts';
import type { Outcome } from '../frame/index.ts';

/**
 * Charges a company's usage of a period by the rates known now, and describes what came of it.
 * Throws RefillError `bad-argument`, `company-unknown`.
 */
export async function reRateUsage(
  deps: NumberKeyDeps,
  order: { companyId: bigint; from: Date; to: Date; reason: string; dryRun: boolean },
): Promise<Outcome> {
  const { from, to, dryRun } = order;
  if (from >= to) throw new RefillError('bad-argument', '--from must be before --to.');
  const done = await reRate(deps, { ...order, actor: 'operator', at: deps.clock.now() });
  const { difference, withoutRate, unexplained } = done;
  const sign = difference.greaterThan(0) ? '+' : '';
  return {
    lines: [
      `${dryRun ? 'Would change' : 'Changed'} ${done.dearer + done.cheaper} of ${done.examined} records: ` +
        `${done.dearer} dearer, ${done.cheaper} cheaper, ${sign}${formatDollars(difference, 4)} in all.`,
      ...(withoutRate > 0 ? [`  ${withoutRate} have no rate now: left as they are charged`] : []),
      ...(unexplained > 0
        ? [`  ${unexplained} were not charged by the rates of their day: left as they are charged`]
        : []),
    ],
    value: { isDryRun: dryRun, ...done },
  };
}
