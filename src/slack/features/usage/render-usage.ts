import type { KnownBlock } from '@slack/types';
import type { Person } from '../../../org/index.ts';
import { type ExportQuery, readBreakdown, type UsageBreakdown } from '../../../usage/index.ts';
import { usageCopy as copy } from '../../copy/index.ts';
import { button, buttons, section } from '../../kit/blocks.ts';
import type { SlackContext } from '../../kit/context.ts';
import { LINK_IDS } from '../../links.ts';
import { filterBar, narrowedTo, readNarrowing } from './filter-bar.ts';
import type { Rendered } from './rendered.ts';
import { usageBlocks, usageLines } from './usage-blocks.ts';
import { usageInCents } from './usage-in-cents.ts';

/** The sums of a period, within what this person may see. Throws RefillError `not-allowed`. */
export async function renderUsage(ctx: SlackContext, person: Person, asked: ExportQuery): Promise<Rendered> {
  const now = ctx.clock.now();
  const query = { ...asked, timeZone: person.company.timeZone };
  const say = (text: string, ...more: KnownBlock[]): Rendered => {
    const message = { text, blocks: [section(text), ...more] };
    return { full: message, plain: message };
  };
  if (query.from > now) return say(copy.notBegun(query));
  const [exact, narrowing] = await Promise.all([
    readBreakdown(ctx.db, person, query, now),
    readNarrowing(ctx, person, asked),
  ]);
  const usage = usageInCents(exact);
  const only = narrowedTo(narrowing, asked);
  const bar = filterBar(narrowing, asked, 'sums');
  if (usage.records === 0) {
    const isUnderWay = now < query.to;
    const isNarrowed = only.length > 0;
    const none = (isUnderWay ? copy.noneYet : copy.none)(query, isNarrowed);
    // What was narrowed by a menu is widened by it again.
    if (isNarrowed) return say(none, ...bar);
    return say(none, ...(isUnderWay ? seeMonthBefore(usage) : []), ...bar);
  }
  const text = copy.text(usage);
  return {
    full: { text, blocks: usageBlocks(usage, only, bar) },
    plain: { text, blocks: usageLines(usage, only, bar) },
  };
}

/** Where a month has begun and nothing was used yet, the one before it. */
function seeMonthBefore({ before, query }: UsageBreakdown): KnownBlock[] {
  if (before === null) return [];
  const label = copy.seeMonth(before, query.timeZone);
  return [buttons(button(label, LINK_IDS.usageShow, { value: 'last month' }))];
}
