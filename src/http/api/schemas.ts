import { z } from 'zod';

/** What the API's answers are made of. They are described and never run: the tests check every answer against the document. */

/** Dollars as exact decimal text, so that no client reads them as a float. */
export const amount = (description: string) =>
  z.string().meta({ pattern: '^-?\\d+(\\.\\d+)?$', description: `Dollars as decimal text. ${description}` });

/** A point in time, in UTC. */
export const instant = (description: string) =>
  z.string().meta({ format: 'date-time', pattern: 'Z$', description });

export const level = z.enum(['ok', 'low', 'out']);
