import { formatDollars } from '../../money.ts';
import {
  argument,
  defineCommand,
  exactAmount,
  flag,
  openCompanyOption,
  optional,
  repeated,
  text,
} from '../frame/index.ts';
import { type FileImported, importUsageFile } from './import-usage-file.ts';

export const importUsageCommand = defineCommand({
  name: 'usage import',
  summary: 'take usage from a file; run again, it goes on where it was, and posts nothing twice',
  params: {
    company: openCompanyOption(),
    file: argument(
      '<file>',
      'columns as docs/api/events.md names them, the vendor’s export of calls or of texts, or an export of Refill',
      text,
    ),
    dryRun: flag('--dry-run', 'say the same, and post nothing'),
    ignore: repeated('--ignore <column>', 'a column that is left aside', text, { isRequired: false }),
    rejects: optional('--rejects <file>', 'where refused rows go (default: FILE.rejects.csv)', text),
  },
  async run({ db, clock, secrets, note, progress }, { company, file, dryRun, ignore, rejects }) {
    const order = { file, companyId: company.id, dryRun, ignored: ignore, rejects };
    const imported = await importUsageFile({ db, clock, secrets, note, progress }, order);
    const { counts, debt, survey, rejectsPath } = imported;
    return {
      lines: describeImport(imported, dryRun),
      value: {
        isDryRun: dryRun,
        shape: survey.shape.name,
        counts,
        newDebt: newDebtOf(imported),
        debt,
        rejectsFile: counts.rejected > 0 ? rejectsPath : null,
      },
    };
  },
});

function newDebtOf({ debt }: FileImported) {
  const grown = debt.after.minus(debt.before);
  return grown.isNegative() ? grown.times(0) : grown;
}

/** The summary, a line a figure; figures of nothing are left out but for those that everyone asks for. */
function describeImport(imported: FileImported, isDryRun: boolean): string[] {
  const { counts, debt, survey, rejectsPath } = imported;
  const { rows, posted, free, unattributed, already, adjusted, unrated, waiting, rejected, conflicts } =
    counts;
  const newDebt = newDebtOf(imported);
  const some = (count: number, line: string): string[] => (count === 0 ? [] : [line]);
  const differs = counts.costInFile !== null && !counts.costInFile.equals(counts.cost);
  return [
    `${isDryRun ? 'Not posted (dry run). ' : ''}${capital(survey.shape.title)}, ${figure(rows)} rows:`,
    `  ${isDryRun ? 'would be posted' : 'posted'}: ${figure(posted)}, cost ${exactAmount(counts.cost)}, free ${figure(free)}`,
    ...some(already, `  already there: ${figure(already)}`),
    ...some(adjusted, `  posted before with older facts, the difference posted: ${figure(adjusted)}`),
    ...some(
      unattributed,
      `  unattributed: ${figure(unattributed)}, the primary office pays (refill usage unattributed)`,
    ),
    ...some(unrated, `  unrated: ${figure(unrated)}, posted when a rate arrives (refill usage unrated)`),
    ...some(waiting, `  too old or in the future: ${figure(waiting)}, kept for you (refill usage inbox)`),
    ...some(
      counts.withoutText,
      `  texts without their content: ${figure(counts.withoutText)}, each priced as one segment`,
    ),
    ...some(
      counts.repeatedTimes,
      `  times that came twice, as clocks went back: ${figure(counts.repeatedTimes)}, read as the earlier`,
    ),
    ...some(
      counts.skippedTimes,
      `  times that clocks skipped: ${figure(counts.skippedTimes)}, read as if they had not`,
    ),
    ...(differs
      ? [`  the file says ${exactAmount(counts.costInFile ?? counts.cost)}: rates or people differ`]
      : []),
    ...some(
      rejected,
      `  refused: ${figure(rejected)}${conflicts === 0 ? '' : `, of them posted before with other facts: ${figure(conflicts)}`}; mend and import ${rejectsPath}`,
    ),
    `  new debt: ${formatDollars(newDebt)}${newDebt.isZero() ? '' : ` (overdrawn by ${formatDollars(debt.after)} in all)`}`,
  ];
}

function figure(count: number): string {
  return count.toLocaleString('en-US');
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
