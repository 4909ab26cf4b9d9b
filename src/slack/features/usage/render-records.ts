import type { Person } from '../../../org/index.ts';
import { readRecords } from '../../../usage/index.ts';
import { usageCopy as copy } from '../../copy/index.ts';
import type { SlackContext } from '../../kit/context.ts';
import { readNarrowing } from './filter-bar.ts';
import { RECORDS_PER_PAGE, recordBlocks, recordLines } from './record-blocks.ts';
import type { Rendered } from './rendered.ts';
import type { UsageState } from './usage-state.ts';

/** A page of records, within what this person may see. Throws RefillError `not-allowed`. */
export async function renderRecords(ctx: SlackContext, person: Person, state: UsageState): Promise<Rendered> {
  const query = { ...state.query, timeZone: person.company.timeZone };
  const after = state.turned.at(-1) ?? null;
  const [page, narrowing] = await Promise.all([
    readRecords(ctx.db, person, state.query, { after, limit: RECORDS_PER_PAGE }),
    readNarrowing(ctx, person, state.query),
  ]);
  const text = copy.recordsCaption(query);
  const { retentionMonths } = person.company;
  const shown = { page, query, state, narrowing, retentionMonths };
  return { full: { text, blocks: recordBlocks(shown) }, plain: { text, blocks: recordLines(shown) } };
}
