import { readStanding } from '../../billing/index.ts';
import { formatDollars } from '../../money.ts';
import { defineCommand, slugOf } from '../frame/index.ts';

export const listCompaniesCommand = defineCommand({
  name: 'company list',
  summary: 'every company: its number, name, workspace, credits, debt, and what is paused',
  params: {},
  async run({ db, clock }) {
    const rows = await db.company.findMany({ include: { workspace: true }, orderBy: { id: 'asc' } });
    const companies = [];
    for (const { id, name, workspace, billingMethod } of rows) {
      const standing = await readStanding(db, id, clock.now());
      companies.push({
        id,
        name,
        slug: slugOf(name),
        workspace: workspace?.name ?? null,
        billingMethod,
        ...standing,
      });
    }
    return {
      lines:
        companies.length === 0
          ? ['No company yet. Create one: refill company add --name NAME --office OFFICE']
          : companies.map((company) =>
              [
                company.id,
                company.name,
                company.slug,
                company.workspace === null ? 'no workspace linked' : `workspace ${company.workspace}`,
                `pays by ${company.billingMethod}`,
                `credits ${company.creditSharing === 'company' ? 'shared' : 'per office'}`,
                `available ${formatDollars(company.available)}`,
                ...(company.overdrawn.isZero() ? [] : [`overdrawn ${formatDollars(company.overdrawn)}`]),
                `auto-recharge ${company.autoRecharge}`,
                ...(company.paused === null ? [] : [`paused by ${company.paused}`]),
              ].join('  '),
            ),
      value: { companies },
    };
  },
});
