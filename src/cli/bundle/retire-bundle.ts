import { retireBundle } from '../../billing/index.ts';
import { argument, defineCommand, rowNumber } from '../frame/index.ts';

export const retireBundleCommand = defineCommand({
  name: 'bundle retire',
  summary: 'take a bundle off sale; companies that have it keep it',
  params: { bundle: argument('<bundle>', 'its number (refill bundle list)', rowNumber) },
  async run({ db, clock }, { bundle }) {
    await retireBundle(db, bundle, clock.now());
    return { lines: [`Bundle ${bundle} is off sale now.`], value: { bundleId: bundle } };
  },
});
