import type { Command } from '../frame/index.ts';
import { importRatesCommand } from './import-rates.ts';
import { listRatesCommand } from './list-rates.ts';
import { priceTrafficCommand } from './price-traffic.ts';
import { reRateUsageCommand } from './re-rate-usage.ts';

export const commands: readonly Command[] = [
  importRatesCommand,
  listRatesCommand,
  priceTrafficCommand,
  reRateUsageCommand,
];
