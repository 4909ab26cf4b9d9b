import { addBundle } from '../../billing/index.ts';
import { bundleKind, bundlePeriod } from '../../db/index.ts';
import { amount, defineCommand, oneOf, option, text, withDefault } from '../frame/index.ts';

export const addBundleCommand = defineCommand({
  name: 'bundle add',
  summary: 'put a bundle on sale to all companies',
  params: {
    name: option('--name <name>', 'how it is called', text),
    kind: option('--kind <kind>', 'calling or ai', oneOf(...bundleKind.options)),
    credit: option('--credit <dollars>', 'what is credited each period', amount),
    price: option('--price <dollars>', 'what a period costs', amount),
    period: withDefault('--period <period>', 'monthly or annual', oneOf(...bundlePeriod.options), 'monthly'),
  },
  async run({ db, clock }, offer) {
    const { id } = await addBundle(db, { ...offer, at: clock.now() });
    return { lines: [`Bundle ${id} is on sale.`], value: { bundleId: id } };
  },
});
