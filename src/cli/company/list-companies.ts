import { type CompanyStanding, readStandings } from '../../billing/index.ts';
import { formatDollars } from '../../money.ts';
import { defineCommand, slugOf } from '../frame/index.ts';

export const listCompaniesCommand = defineCommand({
  name: 'company list',
  summary: 'every company: its number, name, credits, debt, disputes, last usage, and what is paused',
  params: {},
  async run({ db, clock }) {
    const standings = await readStandings(db, clock.now());
    const companies = standings.map((company) => ({ ...company, slug: slugOf(company.name) }));
    return {
      lines:
        companies.length === 0
          ? ['No company yet. Create one: refill company add --name NAME --office OFFICE']
          : companies.map(describe),
      value: { companies },
    };
  },
});

function describe(company: CompanyStanding & { slug: string }): string {
  const { workspace, lastUsageAt, openDisputes, overdrawn } = company;
  return [
    company.id,
    company.name,
    company.slug,
    ...describeState(company),
    workspace === null ? 'no workspace linked' : `workspace ${workspace}`,
    `pays by ${company.billingMethod}`,
    `credits ${company.creditSharing === 'company' ? 'shared' : 'per office'}`,
    company.enforcement.now,
    `available ${formatDollars(company.available)}`,
    ...(overdrawn.isZero() ? [] : [`overdrawn ${formatDollars(overdrawn)}`]),
    `auto-recharge ${company.autoRecharge}`,
    ...(company.paused === null ? [] : [`paused by ${company.paused}`]),
    ...(openDisputes === 0 ? [] : [`${openDisputes} open ${openDisputes === 1 ? 'dispute' : 'disputes'}`]),
    lastUsageAt === null ? 'no usage yet' : `last usage ${lastUsageAt.toISOString()}`,
  ].join('  ');
}

function describeState({ state, closedAt }: CompanyStanding): string[] {
  if (state === 'active') return [];
  return [state === 'closed' && closedAt === null ? 'closing' : state];
}
