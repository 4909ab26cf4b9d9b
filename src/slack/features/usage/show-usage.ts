import type { KnownBlock } from '@slack/types';
import { DAY_MS } from '../../../durations.ts';
import { type Person, visibleOffices } from '../../../org/index.ts';
import {
  findPlaces,
  type NamedPlaces,
  readBreakdown,
  readPeriod,
  type UsageBreakdown,
  type UsageQuery,
} from '../../../usage/index.ts';
import { usageCopy as copy } from '../../copy/index.ts';
import { escapeText, shorten } from '../../copy/mrkdwn.ts';
import { button, buttons, section } from '../../kit/blocks.ts';
import type { SlackContext } from '../../kit/context.ts';
import { Refusal } from '../../kit/refusal.ts';
import type { Message } from '../../kit/reply.ts';
import type { TypedText } from '../../kit/typed-text.ts';
import { LINKS } from '../../links.ts';
import { type Answer, orWithoutData } from './or-without-data.ts';
import { usageBlocks, usageLines } from './usage-blocks.ts';

const MAX_LENGTH_MS = 400 * DAY_MS;

/** `/credits usage [period] [@user…] [office]`. Throws a Refusal for what was typed and is not known. */
export async function showUsage(
  ctx: SlackContext,
  person: Person,
  typed: TypedText,
  answer: Answer,
): Promise<void> {
  const { full, plain } = await drawUsage(ctx, person, typed);
  await orWithoutData(full, plain, answer);
}

async function drawUsage(
  ctx: SlackContext,
  person: Person,
  { userIds, withoutPeople }: TypedText,
): Promise<{ full: Message; plain: Message }> {
  const now = ctx.clock.now();
  const places = await findPlaces(ctx.db, person, { userIds, text: withoutPeople });
  const unknown = userIds.filter((id) => !places.members.some(({ userId }) => userId === id));
  if (unknown.length > 0) throw new Refusal(copy.unknownPeople(unknown));
  const query = queryOf(person, places, now);
  const only = onlyWords(person, places);
  const isNarrowed = only.length > 0;
  const say = (text: string, ...more: KnownBlock[]): { full: Message; plain: Message } => {
    const message = { text, blocks: [section(text), ...more] };
    return { full: message, plain: message };
  };
  if (query.from > now) return say(copy.notBegun(query));
  const usage = await readBreakdown(ctx.db, person, query, now);
  if (usage.records === 0) {
    const isUnderWay = now < query.to;
    const none = (isUnderWay ? copy.noneYet : copy.none)(query, isNarrowed);
    return say(none, ...(isUnderWay && !isNarrowed ? seeMonthBefore(usage) : []));
  }
  const text = copy.text(usage);
  return {
    full: { text, blocks: usageBlocks(usage, only) },
    plain: { text, blocks: usageLines(usage, only) },
  };
}

/** Where a month has begun and nothing was used yet, the one before it. */
function seeMonthBefore({ before, query }: UsageBreakdown): KnownBlock[] {
  if (before === null) return [];
  const label = copy.seeMonth(before, query.timeZone);
  return [buttons(button(label, LINKS.usageShow, { value: 'last month' }))];
}

function queryOf(person: Person, places: NamedPlaces, now: Date): UsageQuery {
  const { timeZone } = person.company;
  const period = readPeriod(places.rest, timeZone, now);
  if (period === null)
    throw new Refusal(copy.badPeriod(escapeText(shorten(places.rest, 60).replaceAll('`', '’'))));
  if (period.to.getTime() - period.from.getTime() > MAX_LENGTH_MS) throw new Refusal(copy.tooLong);
  return {
    ...period,
    timeZone,
    ...(places.officeIds.length === 0 ? {} : { officeIds: places.officeIds }),
    ...(places.departmentIds.length === 0 ? {} : { departmentIds: places.departmentIds }),
    ...(places.members.length === 0 ? {} : { memberIds: places.members.map(({ id }) => id) }),
  };
}

function onlyWords(person: Person, places: NamedPlaces): string[] {
  const offices = visibleOffices(person);
  return [
    ...places.officeIds.map((id) => escapeText(offices.find((office) => office.id === id)?.name ?? '')),
    ...places.departmentNames.map((name) => escapeText(name)),
    ...places.members.map(({ userId }) => copy.person(userId)),
  ];
}
