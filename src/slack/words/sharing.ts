import { dollars, formatDollars } from '../../money.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { escapeText } from '../blocks/build.ts';

type Facts = Extract<NoticeFacts, { kind: 'credit_sharing' }>;

const money = (text: string): string => formatDollars(dollars(text));

export const sharingWords = {
  /** The message in the channel once credits are shared another way. */
  notice: (facts: Facts): string => {
    const who = facts.byUserId === null ? 'Your provider' : `<@${facts.byUserId}>`;
    const isPool = facts.to === 'company';
    const head = isPool
      ? `:gear: ${who} shared credits company-wide.`
      : `:gear: ${who} ended credit sharing: each office has its own credits again.`;
    const lines = facts.moved.map(
      ({ name, general, debt }) =>
        `• ${escapeText(name)}: ${[
          ...(dollars(general).isZero() ? [] : [`${money(general)} of credits`]),
          ...(dollars(debt).isZero() ? [] : [`${money(debt)} overdrawn`]),
        ].join(', ')}`,
    );
    const more = facts.more > 0 ? [`• and ${facts.more} more`] : [];
    const moved =
      lines.length === 0 ? [] : [isPool ? 'Moved into the shared credits:' : 'Moved to:', ...lines, ...more];
    return [head, ...moved, sayRecharge(facts)].join('\n');
  },
};

function sayRecharge({ recharges, waits }: Facts): string {
  const [first] = recharges;
  const approval = waits ? ' More takes effect once a second admin approves it.' : '';
  if (first === undefined) return `Auto-recharge is off.${approval}`;
  const each = ({ threshold, amount, cap }: typeof first): string =>
    `${money(amount)} when below ${money(threshold)}, up to ${money(cap)} a month`;
  const isOne = recharges.every((other) => each(other) === each(first));
  if (isOne && recharges.length === 1)
    return `Auto-recharge is on for ${escapeText(first.name)}: ${each(first)}.${approval}`;
  const shown = recharges
    .slice(0, 10)
    .map((one) => `${escapeText(one.name)} ${isOne ? '' : each(one)}`.trim());
  const rest = recharges.length - shown.length;
  const names = `${shown.join(isOne ? ', ' : '; ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  return `Auto-recharge is on for ${names}${isOne ? `: ${each(first)}` : ''}.${approval}`;
}
