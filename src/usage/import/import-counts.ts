import { z } from 'zod';
import { dollars, type Money } from '../../money.ts';

const count = z.number().int().min(0);

/** What an import came to so far, from the file's beginning, over all its runs. */
export const importCounts = z.object({
  /** Rows of the file that were read. */
  rows: count,
  /** Records that were posted; of a call with several legs, one. In a dry run, those that would be. */
  posted: count,
  /** Of those: cost nothing. */
  free: count,
  /** Of those: of unknown owner, so that the primary office pays. */
  unattributed: count,
  /** Texts that the file has without their content: priced as one segment. */
  withoutText: count,
  /** Rows with a local time that came twice, as clocks went back: read as the earlier. */
  repeatedTimes: count.default(0),
  /** Rows with a local time that clocks skipped: read as if they had not. */
  skippedTimes: count.default(0),
  /** Posted before with other facts, which were older: the difference was posted. */
  adjusted: count,
  /** Posted before. */
  already: count,
  /** Stored until there is a rate. */
  unrated: count,
  /** Too old or in the future: stored for the operator. */
  waiting: count,
  /** Rows that were refused. */
  rejected: count,
  /** Of those: posted before with other facts, which stay. */
  conflicts: count,
  /** What was posted cost. */
  cost: z.string().transform((text): Money => dollars(text)),
  /** What the same records cost where the file is an export that says so; null where it says nothing. */
  costInFile: z
    .string()
    .transform((text): Money => dollars(text))
    .nullable(),
});

export type ImportCounts = z.output<typeof importCounts>;

export function noCounts(): ImportCounts {
  return {
    rows: 0,
    posted: 0,
    free: 0,
    unattributed: 0,
    withoutText: 0,
    repeatedTimes: 0,
    skippedTimes: 0,
    adjusted: 0,
    already: 0,
    unrated: 0,
    waiting: 0,
    rejected: 0,
    conflicts: 0,
    cost: dollars('0'),
    costInFile: null,
  };
}
