import { type Difference, latestComparable, reconcileProcessor } from '../../billing/index.ts';
import { openDb } from '../../db/index.ts';
import { DAY_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import { type CommandContext, defineCommand, openLists, optional, utcDay } from '../frame/index.ts';
import { describeDifference } from './describe-difference.ts';

const DEFAULT_MS = 35 * DAY_MS;

export const reconcileCommand = defineCommand({
  name: 'reconcile',
  summary:
    'compare the books with the card processor’s own lists of payments, refunds and disputes; exit status 1 if they differ',
  params: {
    from: optional('--from <day>', 'first UTC day (default: 35 days before --to)', utcDay),
    to: optional('--to <day>', 'last UTC day (default: until half an hour ago)', utcDay),
  },
  async run(context, { from, to }) {
    const { databaseUrl, log, isJson, stream } = context;
    const progress = context.progress('payments, refunds and disputes listed');
    const period = readPeriod({ from, to }, context.clock.now());
    const names = await readCompanyNames(context.db);
    const differences: Difference[] = [];
    let found = 0;
    // Its lists are temporary tables of one connection; comparing a year takes longer than a statement of the app may.
    const db = await openDb({ url: databaseUrl, poolSize: 1, log, statementTimeoutMs: 0 });
    try {
      const onDifference = async (each: Difference): Promise<void> => {
        found += 1;
        const name =
          each.companyId === null ? null : (names.get(each.companyId) ?? `company ${each.companyId}`);
        if (isJson) differences.push(each);
        await stream(`${describeDifference(each, name)}\n`);
      };
      const counts = await reconcileProcessor(
        { db, lists: openLists(context) },
        period,
        onDifference,
        (listed) => progress.show(listed, null),
      );
      progress.end();
      const { payments, refunds, disputes, foreignPayments } = counts;
      const verdict = found === 0 ? 'The books agree with the card processor' : plural(found, 'difference');
      return {
        lines: [
          `${verdict}: ${plural(payments, 'payment')}, ${plural(refunds, 'refund')}, ${plural(disputes, 'dispute')} from ${stamp(period.since)} to ${stamp(period.until)}.`,
          ...(foreignPayments === 0
            ? []
            : [`${plural(foreignPayments, 'payment')} of the account not taken by Refill: ignored.`]),
        ],
        value: { ...period, ...counts, differences },
        status: found === 0 ? 0 : 1,
      };
    } finally {
      await db.$disconnect();
    }
  },
});

function readPeriod({ from, to }: { from: string | undefined; to: string | undefined }, now: Date) {
  const latest = latestComparable(now);
  const end = to === undefined ? latest : new Date(startOf(to).getTime() + DAY_MS);
  const until = end < latest ? end : latest;
  const since = from === undefined ? new Date(until.getTime() - DEFAULT_MS) : startOf(from);
  if (since >= until)
    throw new RefillError(
      'bad-argument',
      `There is nothing to compare: --from must be before ${stamp(until)}.`,
    );
  return { since, until };
}

const startOf = (day: string): Date => new Date(`${day}T00:00:00Z`);
const stamp = (at: Date): string => `${at.toISOString().slice(0, 16)}Z`;
const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

async function readCompanyNames(db: CommandContext['db']): Promise<Map<bigint, string>> {
  const rows = await db.company.findMany({ select: { id: true, name: true } });
  return new Map(rows.map(({ id, name }) => [id, name]));
}
