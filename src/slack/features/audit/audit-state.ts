import type { Period } from '../../../calendar.ts';
import { MINUTE_MS } from '../../../durations.ts';
import { AUDIT_AREAS, type AuditArea, type AuditFilter } from '../../../org/index.ts';

/** What the list is narrowed to; null narrows nothing. */
export interface AuditChoice {
  userId: string | null;
  area: AuditArea | null;
  period: Period | null;
}

/** Which page of it: `first` is the newest entry when the list was opened, null before that. */
export interface AuditState extends AuditChoice {
  first: bigint | null;
  skipped: number;
}

/** The newest page of the whole audit. */
export const UNFILTERED_AUDIT: AuditState = {
  userId: null,
  area: null,
  period: null,
  first: null,
  skipped: 0,
};

const STORED =
  /^audit;([UW][A-Z0-9]{1,30})?;([a-z]{1,20})?;(?:([0-9a-z]{1,9})-([0-9a-z]{1,9}))?;(\d{1,18})?;(\d{1,9})$/;

/** The state as the value of a button, and as the id of the menus' block: a choice brings nothing else of ours back. */
export function encodeAudit({ userId, area, period, first, skipped }: AuditState): string {
  const time = (at: Date): string => Math.round(at.getTime() / MINUTE_MS).toString(36);
  const span = period === null ? '' : `${time(period.from)}-${time(period.to)}`;
  return ['audit', userId ?? '', area ?? '', span, first?.toString() ?? '', skipped].join(';');
}

/** The state that came back, null where it is none. Untrusted: rights are asked for again. */
export function decodeAudit(text: string): AuditState | null {
  const [whole, userId, area, from, to, first, skipped] = STORED.exec(text) ?? [];
  const known = AUDIT_AREAS.find((each) => each === area) ?? null;
  if (whole === undefined || (area !== undefined && known === null)) return null;
  const time = (minutes: string): Date => new Date(Number.parseInt(minutes, 36) * MINUTE_MS);
  const period = from === undefined || to === undefined ? null : { from: time(from), to: time(to) };
  if (period !== null && Number.isNaN(period.from.getTime() + period.to.getTime())) return null;
  return {
    userId: userId ?? null,
    area: known,
    period,
    first: first === undefined ? null : BigInt(first),
    skipped: Number(skipped),
  };
}

export function filterOf(companyId: bigint, { userId, area, period }: AuditChoice): AuditFilter {
  return {
    companyId,
    ...(userId === null ? {} : { userId }),
    ...(area === null ? {} : { area }),
    ...period,
  };
}
