import { readBalance } from '../../ledger/index.ts';
import { dollars, formatDollars } from '../../money.ts';
import { defineCommand, slugOf } from '../frame/index.ts';

export const listCompaniesCommand = defineCommand({
  name: 'company list',
  summary: 'every company: its number, name, short name, workspace and general credits',
  params: {},
  async run({ db, clock }) {
    const rows = await db.company.findMany({ include: { workspace: true }, orderBy: { id: 'asc' } });
    const companies = await Promise.all(
      rows.map(async ({ id, name, workspace, billingMethod }) => {
        const { wallets } = await readBalance(db, id, clock.now());
        const general = wallets.reduce((sum, wallet) => sum.plus(wallet.general), dollars('0'));
        return { id, name, slug: slugOf(name), workspace: workspace?.name ?? null, billingMethod, general };
      }),
    );
    return {
      lines:
        companies.length === 0
          ? ['No company yet. Create one: refill company add --name NAME --office OFFICE']
          : companies.map(
              ({ id, name, slug, workspace, billingMethod, general }) =>
                `${id}  ${name}  ${slug}  ${workspace === null ? 'no workspace linked' : `workspace ${workspace}`}  pays by ${billingMethod}  ${formatDollars(general)}`,
            ),
      value: { companies },
    };
  },
});
