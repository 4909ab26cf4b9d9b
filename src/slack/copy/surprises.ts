import { MINUTE_MS } from '../../durations.ts';
import { dollars, formatDollars, type Money, roundToCents, shareCents } from '../../money.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { kindNames } from './export.ts';
import { formatMoment, formatTime } from './format.ts';
import { escapeText, shorten } from './mrkdwn.ts';

type SurpriseFacts = Extract<NoticeFacts, { kind: 'surprise' }>;

const money = (amount: string): string => formatDollars(dollars(amount));

function notice(facts: SurpriseFacts): string {
  const { officeName, amount, from, timeZone, mutedUntil, expectedByUserId, pausedByUserId } = facts;
  const headline = `:mag_right: *Unusual: ${escapeText(officeName)} spent ${money(amount)}${onWhat(facts)} ${inTime(facts)}*${usually(facts)}`;
  const details = [
    `Since ${formatTime(new Date(from), timeZone)}`,
    ...spendersInCents(facts).map(
      ({ name, amount: spent }) => `${escapeText(shorten(name, 60))} ${formatDollars(spent)}`,
    ),
  ].join(' · ');
  return [
    headline,
    details,
    ...(pausedByUserId === null ? [] : [pause(pausedByUserId, facts.pauseEnd)]),
    ...(expectedByUserId === null || mutedUntil === null
      ? []
      : [
          `:white_check_mark: <@${expectedByUserId}> marked this as expected. We won’t post about it until ${formatMoment(new Date(mutedUntil), timeZone)}, unless it triples.`,
        ]),
  ].join('\n');
}

function pause(byUserId: string, end: SurpriseFacts['pauseEnd']): string {
  switch (end) {
    case 'resumed':
      return `:white_check_mark: <@${byUserId}> paused auto-recharge, and it is on again.`;
    case 'off':
      return `<@${byUserId}> paused auto-recharge. It is off now.`;
    default:
      return `:double_vertical_bar: <@${byUserId}> paused auto-recharge. A company admin can resume it in \`/credits auto-recharge\`.`;
  }
}

/** Each beside the sum, which they never exceed: what others spent counts as one more (R24.6). */
function spendersInCents({ amount, spenders }: SurpriseFacts): { name: string; amount: Money }[] {
  const total = dollars(amount);
  const spent = spenders.map((each) => dollars(each.amount));
  const others = spent.reduce((rest, each) => rest.minus(each), total);
  const shown = shareCents([...spent, others], roundToCents(total));
  return spenders.map(({ name }, index) => ({ name, amount: shown[index] ?? total }));
}

function onWhat({ part, value }: SurpriseFacts): string {
  if (part === 'office') return '';
  if (part === 'country') return ` on calls and texts to ${countryName(value)}`;
  return ` on ${escapeText(uncapitalise(kindNames[value] ?? value))}`;
}

/** `Cuba`; a code that names no country stays as it is. */
function countryName(code: string): string {
  const name = /^[A-Z]{2}$/.test(code) ? new Intl.DisplayNames('en', { type: 'region' }).of(code) : undefined;
  return escapeText(name ?? code);
}

/** SMS stays as it is. */
const uncapitalise = (text: string): string =>
  /^[A-Z]{2}/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);

function inTime({ from, to }: SurpriseFacts): string {
  const minutes = Math.round((Date.parse(to) - Date.parse(from)) / MINUTE_MS) + 1;
  if (minutes >= 60) return 'in an hour';
  return minutes === 1 ? 'in a minute' : `in ${minutes} minutes`;
}

function usually({ rule, usual }: SurpriseFacts): string {
  if (rule === 'new_country') return ' (no calls there in 28 days)';
  if (rule === 'new_office' || usual === null) return '';
  const most = dollars(usual);
  return most.lessThan('0.01')
    ? ' (usually nothing at this time of day)'
    : ` (usually at most ${formatDollars(most)} an hour at this time of day)`;
}

export const surpriseCopy = {
  notice,
  seeCalls: 'See calls',
  pause: 'Pause auto-recharge',
  setLimit: 'Set a limit',
  expected: 'This is expected',
  muted: (until: Date, timeZone: string): string =>
    `Noted. We won’t post about this until ${formatMoment(until, timeZone)}, unless it triples.`,
  paused: {
    paused: 'Auto-recharge is paused. A company admin can resume it.',
    already: 'Auto-recharge was paused already. A company admin can resume it.',
    off: 'Auto-recharge is off, so there is nothing to pause.',
  },
};
