import { listBundles } from '../../billing/index.ts';
import { formatDollars } from '../../money.ts';
import { defineCommand } from '../frame/index.ts';

export const listBundlesCommand = defineCommand({
  name: 'bundle list',
  summary: 'the bundles on sale',
  params: {},
  async run({ db }) {
    const bundles = await listBundles(db);
    return {
      lines:
        bundles.length === 0
          ? ['No bundle is on sale.']
          : bundles.map(
              ({ id, name, kind, period, credit, price }) =>
                `${id}  ${name}  ${kind}  ${period}  ${formatDollars(credit)} for ${formatDollars(price)}`,
            ),
      value: { bundles },
    };
  },
});
