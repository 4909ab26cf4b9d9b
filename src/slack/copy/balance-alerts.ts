import { dollars, formatBalance, formatDebt, formatDollars } from '../../money.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { formatTime } from './format.ts';
import { escapeText, shorten } from './mrkdwn.ts';

type FactsOf<K extends NoticeFacts['kind']> = Extract<NoticeFacts, { kind: K }>;

const offices = (count: number): string => `${count} ${count === 1 ? 'office' : 'offices'}`;

function manyHead(out: number, low: number, recovered: number): string {
  const back = recovered > 0 && out + low > 0 ? ` (${recovered} recovered)` : '';
  if (out > 0) {
    const also = low > 0 ? `, ${low} more low` : '';
    return `:no_entry: *${offices(out)} out of credits${also}*${back}`;
  }
  if (low > 0) return `:warning: *${offices(low)} low on credits*${back}`;
  return `:white_check_mark: *${recovered === 1 ? '1 office has' : `All ${recovered} offices have`} credits again*`;
}

function officeLine({
  scopeLabel,
  class: usageClass,
  level,
  available,
  recovered,
}: FactsOf<'low_balance'>): string {
  const name = `*${escapeText(shorten(scopeLabel, 60))}*${usageClass === 'ai' ? ' (AI)' : ''}`;
  const left = dollars(available);
  if (recovered !== null) return `• ${name}: ${formatBalance(dollars(recovered.balance))}, recovered`;
  if (level === 'low') return `• ${name}: ${formatBalance(left)} left`;
  const debt = left.isNegative() ? `, overdrawn by ${formatDebt(left)}` : '';
  return `• ${name}: out of credits${debt}`;
}

/** What follows where nothing is left. */
function outNote(isEnforced: boolean): string {
  return isEnforced
    ? 'Where credits are out, texts and paid calls are paused; local calls still work.'
    : 'Where credits are out, usage is overdrawn and covered by the next credits.';
}

/** Alerts of a low balance, of credits that ran out or are back, and the summary of many. */
export const balanceAlertCopy = {
  low: (facts: FactsOf<'low_balance'>): string => {
    const of = facts.class === 'ai' ? ' on AI credits' : '';
    const alert = facts.alertAt === null ? '' : ` (alert at ${formatDollars(dollars(facts.alertAt))})`;
    return `:warning: *${escapeText(facts.scopeLabel)} is low${of}:* ${formatBalance(dollars(facts.available))} left${alert}.${facts.isRechargeOn ? '' : ' Auto-recharge is off.'}`;
  },
  /** Nothing is left: service pauses where the phone system enforces it, and is overdrawn where usage is only reported. */
  interrupted: (facts: FactsOf<'low_balance'>): string => {
    const isAi = facts.class === 'ai';
    const head = `:no_entry: *${escapeText(facts.scopeLabel)} is out of ${isAi ? 'AI credits' : 'credits'}.*`;
    const available = dollars(facts.available);
    const debt = available.isNegative() ? ` Overdrawn by ${formatDebt(available)}.` : '';
    if (facts.isEnforced !== true)
      return `${head} Usage from now on is overdrawn and covered by the next credits.${debt}`;
    return `${head} ${isAi ? 'AI conversations are paused.' : 'Texts and paid calls are paused; local calls still work.'}${debt}`;
  },
  recovered: (facts: FactsOf<'low_balance'>): string => {
    const { recovered } = facts;
    const at = (iso: string): string => formatTime(new Date(iso), facts.timeZone);
    const name = `${escapeText(facts.scopeLabel)}${facts.class === 'ai' ? ' (AI)' : ''}`;
    const was = `It was ${facts.level === 'out' ? 'out of credits' : 'low'} from ${at(facts.since)}`;
    if (recovered === null) return `:white_check_mark: *${name} has credits again.*`;
    return `:white_check_mark: *${name} has credits again.* Balance: ${formatBalance(dollars(recovered.balance))}. ${was} to ${at(recovered.at)}.`;
  },
  /** Many offices at once: a line each, worst first. */
  manyLow: ({ lines, counts }: FactsOf<'low_balance_summary'>): string => {
    const { out, low, recovered } = counts;
    const all = out + low + recovered;
    const more = all - lines.length;
    return [
      manyHead(out, low, recovered),
      ...lines.map(officeLine),
      ...(more > 0 ? [`• and ${more} more`] : []),
      ...(out > 0 ? [outNote(lines.some(({ isEnforced }) => isEnforced === true))] : []),
    ].join('\n');
  },
  addCredits: 'Add credits',
};
