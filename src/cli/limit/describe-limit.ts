import type { LimitState } from '../../limits/index.ts';
import { formatDollars } from '../../money.ts';

/** A limit as a line: its number, whose it is, and how far it is used. */
export function describeLimit(limit: LimitState): string {
  const { limitId, named, subject, amount, spent, held, period, percent, levels } = limit;
  return [
    limitId,
    `${named.name} (${subject.kind === 'member' ? 'person' : subject.kind})`,
    `${formatDollars(spent)} of ${formatDollars(amount)} a ${period} (${percent}%)`,
    ...(held.isZero() ? [] : [`${formatDollars(held)} held`]),
    `notified at ${levels.join(', ')}%`,
    `set by ${limit.setBy}`,
  ].join('  ');
}

/** The same for programs. */
export function limitValue(limit: LimitState) {
  const {
    limitId,
    named,
    subject,
    period,
    amount,
    spent,
    held,
    room,
    percent,
    levels,
    setBy,
    setAt,
    from,
    to,
  } = limit;
  return {
    limitId,
    of: { ...subject, name: named.name, office: named.office.name },
    period,
    from,
    to,
    amount,
    spent,
    held,
    room,
    percent,
    levels: [...levels],
    setBy,
    setAt,
  };
}
