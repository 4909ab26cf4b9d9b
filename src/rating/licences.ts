import { z } from 'zod';
import { readData } from './data/read-data.ts';
import type { Licence } from './types.ts';

const table = new Map(
  Object.entries(
    z.record(z.string(), z.enum(['talk', 'support', 'sell'])).parse(JSON.parse(readData('licences.json'))),
  ),
);

/** The licence behind a phone system's code (`agents` is Sell, R20), null for a code that the table does not have. */
export function licenceOf(code: string): Licence | null {
  return table.get(code.trim().toLowerCase()) ?? null;
}
