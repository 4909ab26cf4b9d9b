import { z } from 'zod';
import { fromMicros } from '../money.ts';

/** What a correction or refund of usage came to. */
export const revised = z
  .object({
    outcome: z.enum(['posted', 'duplicate']),
    revision: z.number().int(),
    returnedMicros: z.coerce.bigint(),
    drawnMicros: z.coerce.bigint(),
  })
  .transform(({ outcome, revision, returnedMicros, drawnMicros }) => ({
    outcome,
    revision,
    returned: fromMicros(returnedMicros),
    drawn: fromMicros(drawnMicros),
  }));
