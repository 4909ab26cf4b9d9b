import type { CompanyChange } from '../../billing/index.ts';
import { formatDollars, fromMicros } from '../../money.ts';

/** A change as the command line shows it. */
export function describeChange({ field, from, to }: CompanyChange): string {
  return `${field.replaceAll('_', ' ')}: ${from ?? 'none'} → ${to ?? 'none'}`;
}

export function dollarsOf(micros: bigint | null): string {
  return micros === null ? 'none' : formatDollars(fromMicros(micros));
}
