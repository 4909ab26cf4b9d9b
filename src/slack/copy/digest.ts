import { dollars, formatDebt, formatDollars } from '../../money.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { trendOf } from './amounts.ts';
import { balanceCopy } from './balance.ts';
import { kindNames } from './export.ts';
import { formatDays } from './format.ts';
import { escapeText, shorten } from './mrkdwn.ts';

type Digest = Extract<NoticeFacts, { kind: 'digest' }>;
type Spend = Pick<Digest, 'cost' | 'before'>;

const MAX_OFFICES = 10;

export const digestCopy = {
  /** All of it, line by line. */
  notice(facts: Digest): string {
    const { every, cost, before } = facts;
    const days = formatDays(new Date(facts.from), new Date(facts.to), facts.timeZone);
    const head = `:bar_chart: *${days}: ${money(cost)}*${change({ cost, before }, `the ${every} before`)}`;
    return [
      head,
      ...kindLines(facts),
      ...officeLines(facts),
      ...moverLines(facts),
      ...outlookLines(facts),
    ].join('\n');
  },
  chartTitle: ({ from, to, timeZone }: Digest): string =>
    shorten(`Cost of ${formatDays(new Date(from), new Date(to), timeZone)} by type`, 50),
  thisPeriod: ({ every }: Digest): string => `This ${every}`,
  periodBefore: ({ every }: Digest): string => `The ${every} before`,
  kindName: (category: string): string => kindNames[category] ?? escapeText(shorten(category, 60)),
};

const money = (amount: string): string => formatDollars(dollars(amount));

/** `, up 6% from the week before`; nothing where there is nothing to compare with. */
function change({ cost, before }: Spend, than: string): string {
  const [now, then] = [dollars(cost), dollars(before)];
  if (then.isZero()) return '';
  const trend = trendOf(now, then);
  return trend === null ? `, about the same as ${than}` : `, ${trend} from ${than}`;
}

function kindLines({ kinds }: Digest): string[] {
  const spent = kinds.filter(({ cost }) => !dollars(cost).isZero());
  if (spent.length === 0) return [];
  return [spent.map(({ category, cost }) => `${digestCopy.kindName(category)} ${money(cost)}`).join(' · ')];
}

function officeLines({ offices }: Digest): string[] {
  if (offices.length === 0) return [];
  const shown = offices
    .slice(0, MAX_OFFICES)
    .map(({ name, cost }) => `${escapeText(shorten(name, 60))} ${money(cost)}`);
  const more = offices.length - shown.length;
  return [`*By office:* ${shown.join(' · ')}${more > 0 ? ` · and ${more} more` : ''}`];
}

function moverLines({ movers }: Digest): string[] {
  if (movers.length === 0) return [];
  const lines = movers.map(({ category, office, cost, before }) => {
    const moved = dollars(cost).minus(dollars(before));
    const where = office === null || office === '' ? '' : ` in ${escapeText(shorten(office, 60))}`;
    return `${digestCopy.kindName(category)}${where} ${moved.isNegative() ? 'down' : 'up'} ${formatDollars(moved.abs())}`;
  });
  return [`*Changed most:* ${lines.join(' · ')}`];
}

function outlookLines({ runway, overdrawn, waiting }: Digest): string[] {
  const waits = [
    ...overdrawn.map(({ name, amount }) =>
      name === null
        ? `credits overdrawn by ${formatDebt(dollars(amount).negated())}`
        : `${escapeText(shorten(name, 60))} overdrawn by ${formatDebt(dollars(amount).negated())}`,
    ),
    ...(waiting.pausedRecharges === 0 ? [] : [count(waiting.pausedRecharges, 'paused auto-recharge')]),
    ...(waiting.approvals === 0 ? [] : [count(waiting.approvals, 'approval')]),
    ...(waiting.requests === 0 ? [] : [count(waiting.requests, 'credit request')]),
  ];
  return [
    ...(runway === null ? [] : [lasts(runway)]),
    ...(waits.length === 0 ? [] : [`*Needs attention:* ${waits.join(' · ')}`]),
  ];
}

function lasts({ office, isAi, days, range, usageDays }: NonNullable<Digest['runway']>): string {
  const facts = {
    officeId: null,
    class: isAi ? 'ai' : 'calls',
    usageDays,
    runway: { kind: 'lasts', days, until: new Date(0) },
    range,
  } as const;
  const place = office === null || office === '' ? null : escapeText(shorten(office, 60));
  if (isAi) return `${place === null ? '' : `${place}: `}${balanceCopy.aiRunway(facts)}`;
  return place === null ? balanceCopy.runway(facts) : balanceCopy.firstToEnd(place, facts);
}

function count(number: number, what: string): string {
  return number === 1 ? `1 ${what}` : `${number} ${what}s`;
}
