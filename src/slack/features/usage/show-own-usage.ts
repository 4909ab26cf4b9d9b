import type { Person } from '../../../org/index.ts';
import { type OwnRecord, readOwnRecords, readPeriod, type UsageQuery } from '../../../usage/index.ts';
import { usageCopy as copy } from '../../copy/index.ts';
import { escapeText, shorten } from '../../copy/mrkdwn.ts';
import { lines, quiet, section } from '../../kit/blocks.ts';
import type { SlackContext } from '../../kit/context.ts';
import { dataTable, withoutData } from '../../kit/data-blocks.ts';
import { offerRequest } from '../../kit/offer-request.ts';
import { orWithoutData } from '../../kit/or-without-data.ts';
import { Refusal } from '../../kit/refusal.ts';
import type { Answer } from './rendered.ts';

/** The newest records of a period; a table takes a hundred rows. */
const MAX_RECORDS = 100;
const ROWS_PER_PAGE = 15;
/** How many are listed where tables are unknown. */
const MAX_LINES = 20;

/** `/credits usage` of someone who sees no usage of others: their own records, without what they cost (R30). */
export async function showOwnUsage(
  ctx: SlackContext,
  person: Person,
  typed: string,
  answer: Answer,
): Promise<void> {
  const { timeZone } = person.company;
  const period = readPeriod(typed, timeZone, ctx.clock.now());
  if (period === null) throw new Refusal(copy.badOwnPeriod(escapeText(shorten(typed, 60))));
  const own = await readOwnRecords(ctx.db, person, period, MAX_RECORDS);
  if (own === null) throw new Refusal(copy.notMatched);
  const query = { ...period, timeZone };
  const text = copy.ownTitle(query, own.records.length, own.hasMore);
  if (own.records.length === 0) {
    await answer({ text, blocks: offerRequest(text) });
    return;
  }
  const head = section(`*${text}*`);
  const foot = quiet(copy.ownZone(timeZone));
  const said = lines(own.records.slice(0, MAX_LINES).map((each) => line(each, query)));
  await orWithoutData(
    {
      full: { text, blocks: [head, table(own.records, query), foot] },
      plain: { text, blocks: withoutData([head, ...said, foot]) },
    },
    answer,
  );
}

function table(records: readonly OwnRecord[], query: UsageQuery) {
  return dataTable({
    caption: copy.recordsCaption(query),
    header: copy.ownHeader,
    rows: records.map((record) => cells(record, query)),
    pageSize: Math.min(ROWS_PER_PAGE, records.length),
  });
}

function line(record: OwnRecord, query: UsageQuery): string {
  return cells(record, query).map(escapeText).join(' · ');
}

function cells(record: OwnRecord, { timeZone }: UsageQuery): string[] {
  return [
    copy.when(record.usageAt, timeZone),
    copy.otherNumber(record),
    copy.kindOf(record),
    copy.lengthOf(record),
  ];
}
