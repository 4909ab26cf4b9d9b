import type { Period } from '../../../calendar.ts';
import { type ExportQuery, readPeriod } from '../../../usage/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { generalCopy, kindNames } from '../../copy/index.ts';
import { type MessageClick, readActionId, readBlockId, readSelected } from '../../kit/click.ts';
import { orWithoutData } from '../../kit/or-without-data.ts';
import { Refusal } from '../../kit/refusal.ts';
import { replaceClicked } from '../../kit/reply.ts';
import { KEEP_FILTER, NO_FILTER } from './filter-bar.ts';
import { decodeFilter, toId } from './filter-state.ts';
import { IDS } from './ids.ts';
import { renderRecords } from './render-records.ts';
import { renderUsage } from './render-usage.ts';
import { firstPage } from './usage-state.ts';

/** A period, person, type or office chosen over usage: the same sums or records, of that alone. */
export const chooseFilter: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'see_usage');
  const filter = decodeFilter(readBlockId(body));
  if (filter === null) throw new Refusal(generalCopy.outdated);
  const [action, chosen] = [readActionId(body), readSelected(body)];
  const query =
    action === IDS.action.usagePeriod
      ? { ...filter.query, ...periodOf(filter.query, chosen, person.company.timeZone, ctx.clock.now()) }
      : narrow(filter.query, action, chosen);
  const rendered =
    filter.face === 'sums'
      ? await renderUsage(ctx, person, query)
      : await renderRecords(ctx, person, firstPage(query));
  await orWithoutData(rendered, (message) => replaceClicked(client, body, message));
};

function periodOf(query: ExportQuery, chosen: string, timeZone: string, now: Date): Period {
  if (chosen === KEEP_FILTER) return query;
  const period = readPeriod(chosen, timeZone, now);
  if (period === null || chosen === '') throw new Refusal(generalCopy.outdated);
  return period;
}

function narrow(query: ExportQuery, action: string, chosen: string): ExportQuery {
  if (chosen === KEEP_FILTER) return query;
  const isAll = chosen === NO_FILTER;
  const { officeIds: _o, ...anyOffice } = query;
  const { memberIds: _m, ...anyPerson } = query;
  const { categories: _c, ...anyKind } = query;
  switch (action) {
    case IDS.action.usageOffice:
      return isAll ? anyOffice : { ...query, officeIds: [toId(chosen)] };
    case IDS.action.usagePerson:
      return isAll ? anyPerson : { ...query, memberIds: [toId(chosen)] };
    default:
      if (!isAll && !Object.hasOwn(kindNames, chosen)) throw new Refusal(generalCopy.outdated);
      return isAll ? anyKind : { ...query, categories: [chosen] };
  }
}
