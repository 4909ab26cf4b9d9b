import { openDb } from '../../db/index.ts';
import { type ReconciledUsage, reconcileUsage, surveyFile, type UsageDifference } from '../../usage/index.ts';
import { companyOption, defineCommand, instant, option, optional, repeated, text } from '../frame/index.ts';
import { describeDifference } from './describe-difference.ts';

/** So many differences stand in the JSON value, which is held in memory; it counts all of them. */
const MAX_LISTED = 1_000;

export const reconcileUsageCommand = defineCommand({
  name: 'usage reconcile',
  summary:
    'compare a file of usage with the books: missing, different and extra records; posts nothing, exit status 1 if they differ',
  params: {
    company: companyOption(),
    file: option('--file <file>', 'any file that refill usage import takes', text),
    from: optional('--from <time>', 'the file is complete from then on (default: its first record)', instant),
    to: optional('--to <time>', 'the file is complete before then (default: its last record)', instant),
    ignore: repeated('--ignore <column>', 'a column that is left aside', text, { isRequired: false }),
  },
  async run({ db, clock, secrets, databaseUrl, log, progress: begin, stream, isJson }, values) {
    const { company, file, from, to, ignore } = values;
    const survey = await surveyFile(file, ignore, () => undefined);
    const progress = begin('rows');
    const differences: UsageDifference[] = [];
    const unreadRows: { line: number; message: string }[] = [];
    // The file's records are temporary tables of one connection; comparing them may take longer than a statement of the app may.
    const own = await openDb({ url: databaseUrl, poolSize: 1, log, statementTimeoutMs: 0 });
    try {
      const found = await reconcileUsage(
        { db, clock, secrets, own },
        {
          companyId: company.id,
          survey,
          from,
          to,
          onProgress: (rows) => progress.show(rows, survey.rows),
          async onUnread(row) {
            if (unreadRows.length < MAX_LISTED) unreadRows.push(row);
            await stream(`unread  line ${row.line}  ${row.message}\n`);
          },
          async onDifference(difference) {
            if (isJson && differences.length < MAX_LISTED) differences.push(difference);
            await stream(`${describeDifference(difference)}\n`);
          },
        },
      );
      const { missing, different, extra, unread } = found;
      return {
        lines: describeReconciled(found, survey.shape.title),
        value: { shape: survey.shape.name, ...found, unreadRows, differences },
        status: missing + different + extra + unread === 0 ? 0 : 1,
      };
    } finally {
      progress.end();
      await own.$disconnect();
    }
  },
});

function describeReconciled(found: ReconciledUsage, title: string): string[] {
  const { rows, unread, records, agree, missing, waiting, different, extra, period } = found;
  const some = (count: number, line: string): string[] => (count === 0 ? [] : [line]);
  const between = period === null ? '' : `, ${period.from.toISOString()} to ${period.to.toISOString()}`;
  return [
    `Compared with ${title}, ${figure(rows)} rows${between}; nothing was posted:`,
    `  records in the file: ${figure(records)}, the same in the books: ${figure(agree)}`,
    ...some(
      missing,
      `  missing in the books: ${figure(missing)}${waiting === 0 ? '' : `, of them waiting in the inbox: ${figure(waiting)} (refill usage inbox)`}${missing === waiting ? '' : '; refill usage import posts what is missing'}`,
    ),
    ...some(different, `  different: ${figure(different)}`),
    ...some(extra, `  in the books and not in the file: ${figure(extra)}`),
    ...some(unread, `  rows that cannot be read: ${figure(unread)}`),
  ];
}

function figure(count: number): string {
  return count.toLocaleString('en-US');
}
