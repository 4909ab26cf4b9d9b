import { z } from 'zod';
import { readInstant } from '../../read-time.ts';

/**
 * What the API's answers and parameters are made of. Schemas of answers are described and never run: the tests check every
 * answer against the document.
 */

/** Dollars as exact decimal text, so that no client reads them as a float. */
export const amount = (description = '') =>
  z.string().meta({
    pattern: '^-?\\d+(\\.\\d+)?$',
    description: `Dollars as decimal text.${description === '' ? '' : ` ${description}`}`,
  });

/** A point in time, in UTC. */
export const instant = (description: string) =>
  z.string().meta({ format: 'date-time', pattern: 'Z$', description });

export const level = z.enum(['ok', 'low', 'out']);

export const party = z
  .object({
    id: z
      .string()
      .nullable()
      .meta({ description: 'The phone system’s own id, where the directory has one.' }),
    name: z.string(),
  })
  .meta({ id: 'Party', description: 'An office, a department or a person of the directory.' });

/** A party as an answer has it. */
export const toParty = (of: { name: string; externalRef: string | null }) => ({
  id: of.externalRef,
  name: of.name,
});

const MAX_PAGE = 500;
const toNumber = (text: unknown): unknown =>
  typeof text === 'string' && /^\d{1,6}$/.test(text) ? Number(text) : text;
const size = `must be a whole number from 1 to ${MAX_PAGE}`;

/** The parameters of every list that comes in pages. */
export const pageQuery = z.strictObject({
  limit: z
    .preprocess(toNumber, z.number(size).int(size).min(1, size).max(MAX_PAGE, size))
    .default(50)
    .meta({ description: 'How many at most.' }),
  cursor: z.string().optional().meta({
    description: '`next_cursor` of the page before, with the same filters; without one the list begins.',
  }),
});

export const nextCursor = z.string().nullable().meta({
  description: 'Ask for the next page with it; null on the last one. What comes in meanwhile moves no page.',
});

const givenTime = z.string().meta({ format: 'date-time' });

/** A time in a query. */
export const time = (description: string) =>
  givenTime
    .transform((text, context) => {
      const read = readInstant(text);
      if ('at' in read) return read.at;
      context.addIssue({ code: 'custom', message: read.fault });
      return z.NEVER;
    })
    .meta({ description });
