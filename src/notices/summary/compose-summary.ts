import { dollars } from '../../money.ts';
import type { NoticeFacts, SingleNotice } from '../facts/index.ts';

export type LowBalance = Extract<SingleNotice, { kind: 'low_balance' }>;
type LowBalanceSummary = Extract<SingleNotice, { kind: 'low_balance_summary' }>;
export type QuietHoursSummary = Extract<NoticeFacts, { kind: 'quiet_hours_summary' }>;

/** A line an office, at most. */
const MAX_LINES = 10;
/** With its head and what is more, as many blocks as a message takes. */
const MAX_SUMMARY_ITEMS = 40;

/** One summary of many alerts: the worst of each office, worst first. */
export function summarizeAlerts(alerts: readonly LowBalance[]): LowBalanceSummary {
  const worst = new Map<string, LowBalance>();
  for (const alert of alerts.toSorted(compareAlerts))
    if (!worst.has(alert.scope)) worst.set(alert.scope, alert);
  const lines = [...worst.values()];
  const count = (severity: number): number => lines.filter((line) => severityOf(line) === severity).length;
  return {
    kind: 'low_balance_summary',
    lines: lines.slice(0, MAX_LINES),
    counts: { out: count(0), low: count(1), recovered: count(2) },
  };
}

/** Out before low before recovered; of these, the least credits first. */
function compareAlerts(a: LowBalance, b: LowBalance): number {
  return severityOf(a) - severityOf(b) || dollars(a.available).comparedTo(dollars(b.available));
}

function severityOf({ level, recovered }: LowBalance): 0 | 1 | 2 {
  if (recovered !== null) return 2;
  return level === 'out' ? 0 : 1;
}

/** What waited for the end of quiet hours, as one notice. */
export function summarizeQuietHours(
  waited: readonly SingleNotice[],
  { endedAt, timeZone }: Pick<QuietHoursSummary, 'endedAt' | 'timeZone'>,
): QuietHoursSummary {
  const items = waited.slice(0, MAX_SUMMARY_ITEMS);
  return { kind: 'quiet_hours_summary', endedAt, timeZone, items, more: waited.length - items.length };
}
