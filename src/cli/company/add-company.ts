import { defineCommand, flag, option, repeated, text, withDefault } from '../frame/index.ts';
import { createCompany } from './create-company.ts';

export const addCompanyCommand = defineCommand({
  name: 'company add',
  summary: 'create a company and print the code that links its Slack workspace',
  params: {
    name: option('--name <name>', 'how it is called', text),
    office: repeated('--office <name[:country]>', 'an office; the first is the primary one', text, {
      isRequired: true,
    }),
    timeZone: withDefault('--time-zone <zone>', 'IANA time zone', text, 'America/Los_Angeles'),
    country: withDefault('--country <code>', 'two letters', text, 'US'),
    billing: withDefault('--billing <method>', 'card or invoice', text, 'card'),
    billingDay: withDefault('--billing-day <day>', '1 to 31', text, '1'),
    shared: flag('--shared', 'credits are shared company-wide'),
    min: withDefault('--min <dollars>', 'smallest purchase', text, '5'),
    max: withDefault('--max <dollars>', 'largest purchase', text, '1000'),
    perDay: withDefault('--per-day <dollars>', 'purchase limit (24 hours)', text, '2500'),
    exposure: withDefault('--exposure <dollars>', 'invoice limit: most that invoices may owe', text, '1000'),
  },
  async run({ db, clock }, values) {
    const { companyId, code, expiresAt } = await createCompany(db, values, clock);
    return {
      lines: [
        `Company ${companyId} (${values.name}) is created. In its Slack workspace, before ${expiresAt.toISOString()}:`,
        `  /credits link ${code}`,
      ],
      value: { companyId, name: values.name, linkCode: code, expiresAt },
    };
  },
});
