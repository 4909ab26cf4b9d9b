import {
  defineCommand,
  flag,
  instant,
  openCompanyOption,
  option,
  text,
  withDefault,
} from '../frame/index.ts';
import { reRateUsage } from './run-re-rating.ts';

export const reRateUsageCommand = defineCommand({
  name: 'rates re-rate',
  summary: 'charge a company’s usage of a period by the rates known now; the differences are new entries',
  params: {
    company: openCompanyOption(),
    from: option('--from <day>', 'first day of usage, in UTC', instant),
    to: option('--to <day>', 'the day after the last, in UTC', instant),
    reason: withDefault('--reason <reason>', 'stored with each entry', text, 'Rates corrected'),
    dryRun: flag('--dry-run', 'only show what it would change'),
  },
  async run({ db, clock, secrets }, { company, ...options }) {
    return await reRateUsage({ db, clock, secrets }, { companyId: company.id, ...options });
  },
});
