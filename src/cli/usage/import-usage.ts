import { argument, companyOption, defineCommand, flag, text } from '../frame/index.ts';
import { importUsageFile } from './import-usage-file.ts';

export const importUsageCommand = defineCommand({
  name: 'usage import',
  summary: 'take usage from a CSV file; run again, it goes on where it was, and books nothing twice',
  params: {
    company: companyOption(),
    file: argument(
      '<file>',
      'columns as docs/usage-api.md names them, or the vendor’s export of calls',
      text,
    ),
    dryRun: flag('--dry-run', 'read and report only'),
  },
  async run({ db, clock, secrets, note }, { company, file, dryRun }) {
    const order = { file, companyId: company.id, dryRun };
    const { counts, rejectsPath } = await importUsageFile({ db, clock, secrets, note }, order);
    const { read, ...outcomes } = counts;
    return {
      lines: [
        `${dryRun ? 'Read, nothing posted' : 'Read'}: ${read}.`,
        ...Object.entries(outcomes).flatMap(([outcome, count]) =>
          count > 0 ? [`  ${outcome}: ${count}`] : [],
        ),
        ...(counts.rejected > 0 ? [`What was rejected, and why: ${rejectsPath}`] : []),
      ],
      value: { isDryRun: dryRun, counts, rejectsFile: counts.rejected > 0 ? rejectsPath : null },
    };
  },
});
