import { expect, it } from 'vitest';
import { sabotages } from '../../../faults/simulate/sabotage.ts';
import { simulate } from './simulate.ts';

it.each(Object.keys(sabotages))(
  'billing that is broken is caught: %s',
  async (sabotage) => {
    const report = await simulate({ seeds: 60, sabotage, stopsEarly: true });
    expect(report.clean).toBe(false);
  },
  300_000,
);
