import { DAY_MS } from '../../../durations.ts';
import type { Person } from '../../../org/index.ts';
import {
  decodeQuery,
  type ExportQuery,
  findPlaces,
  type NamedPlaces,
  readPeriod,
} from '../../../usage/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { usageCopy as copy, generalCopy } from '../../copy/index.ts';
import { escapeText, shorten } from '../../copy/mrkdwn.ts';
import { type MessageClick, readActionValue } from '../../kit/click.ts';
import type { SlackContext } from '../../kit/context.ts';
import { orWithoutData } from '../../kit/or-without-data.ts';
import { Refusal } from '../../kit/refusal.ts';
import { replaceClicked } from '../../kit/reply.ts';
import type { TypedText } from '../../kit/typed-text.ts';
import { renderUsage } from './render-usage.ts';
import type { Answer } from './rendered.ts';

const MAX_LENGTH_MS = 400 * DAY_MS;

/** `/credits usage [period] [@user…] [office]`. Throws a Refusal for what was typed and is not known. */
export async function showUsage(
  ctx: SlackContext,
  person: Person,
  { userIds, withoutPeople }: TypedText,
  answer: Answer,
): Promise<void> {
  const places = await findPlaces(ctx.db, person, { userIds, text: withoutPeople });
  const unknown = userIds.filter((id) => !places.members.some(({ userId }) => userId === id));
  if (unknown.length > 0) throw new Refusal(copy.unknownPeople(unknown));
  await orWithoutData(await renderUsage(ctx, person, queryOf(person, places, ctx.clock.now())), answer);
}

/** [Summary]: the sums where the records stood, narrowed alike. */
export const showSums: MessageClick = async (ctx, client, who, body) => {
  const person = await requireRight(ctx, who, 'see_usage');
  const query = decodeQuery(readActionValue(body));
  if (query === null) throw new Refusal(generalCopy.outdated);
  const rendered = await renderUsage(ctx, person, query);
  await orWithoutData(rendered, (message) => replaceClicked(client, body, message));
};

function queryOf(person: Person, places: NamedPlaces, now: Date): ExportQuery {
  const { timeZone } = person.company;
  const period = readPeriod(places.rest, timeZone, now);
  if (period === null)
    throw new Refusal(copy.badPeriod(escapeText(shorten(places.rest, 60).replaceAll('`', '’'))));
  if (period.to.getTime() - period.from.getTime() > MAX_LENGTH_MS) throw new Refusal(copy.tooLong);
  return {
    ...period,
    ...(places.officeIds.length === 0 ? {} : { officeIds: places.officeIds }),
    ...(places.departmentIds.length === 0 ? {} : { departmentIds: places.departmentIds }),
    ...(places.members.length === 0 ? {} : { memberIds: places.members.map(({ id }) => id) }),
  };
}
