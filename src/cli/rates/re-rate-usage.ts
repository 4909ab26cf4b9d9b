import type { Clock } from '../../clock.ts';
import type { Db } from '../../db/index.ts';
import { RefillError } from '../../errors.ts';
import { formatDollars } from '../../money.ts';
import { reRate } from '../../usage/index.ts';
import { readInstant } from './read-instant.ts';

export interface ReRateWords {
  company: string;
  from: string;
  to: string;
  reason: string;
  dryRun: boolean;
}

/**
 * Charges a company's usage of a period by the rates known now, and says what came of it.
 * Throws RefillError `bad-argument`, `company-unknown`.
 */
export async function reRateUsage(
  deps: { db: Db; clock: Clock; say: (line: string) => void },
  words: ReRateWords,
): Promise<void> {
  if (!/^\d{1,18}$/.test(words.company))
    throw new RefillError('bad-argument', `--company takes its number, not "${words.company}".`);
  const from = readInstant('--from', words.from);
  const to = readInstant('--to', words.to);
  if (from >= to) throw new RefillError('bad-argument', '--from must be before --to.');
  const done = await reRate(deps.db, {
    companyId: BigInt(words.company),
    from,
    to,
    dryRun: words.dryRun,
    actor: 'operator',
    reason: words.reason,
    at: deps.clock.now(),
  });
  const { difference } = done;
  const sign = difference.greaterThan(0) ? '+' : '';
  deps.say(
    `${words.dryRun ? 'Would change' : 'Changed'} ${done.dearer + done.cheaper} of ${done.examined} records: ` +
      `${done.dearer} dearer, ${done.cheaper} cheaper, ${sign}${formatDollars(difference, 4)} in all.`,
  );
  if (done.withoutRate > 0) deps.say(`  ${done.withoutRate} have no rate now: left as they are charged`);
  if (done.unexplained > 0)
    deps.say(`  ${done.unexplained} were not charged by the rates of their day: left as they are charged`);
}
