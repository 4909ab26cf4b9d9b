import { addDays, dayOf, weekdayOf, zonedTime } from '../../calendar.ts';
import type { Queryable } from '../../db/index.ts';

/** When a company's channels are quiet, as clocks show it in a zone. */
export interface QuietHours {
  /** `22:00`. */
  from: string;
  /** `07:00`: before `from` it is on the next day. Never the same as `from`. */
  to: string;
  /** The days on which they begin: 1 is Monday, 7 is Sunday. */
  days: number[];
  timeZone: string;
}

/** A company's quiet hours; null: none. */
export async function readQuietHours(db: Queryable, companyId: bigint): Promise<QuietHours | null> {
  const row = await db.quietHours.findUnique({ where: { companyId } });
  if (row === null) return null;
  const { fromMinute, toMinute, days, timeZone } = row;
  return { from: timeOf(fromMinute), to: timeOf(toMinute), days, timeZone };
}

/** Sets a company's quiet hours; null ends them. */
export async function writeQuietHours(
  db: Queryable,
  companyId: bigint,
  hours: QuietHours | null,
): Promise<void> {
  if (hours === null) {
    await db.quietHours.deleteMany({ where: { companyId } });
    return;
  }
  const { days, timeZone } = hours;
  const data = { fromMinute: minuteOf(hours.from), toMinute: minuteOf(hours.to), days, timeZone };
  await db.quietHours.upsert({ where: { companyId }, create: { companyId, ...data }, update: data });
}

/** When the quiet hours end in which an instant lies; null where it lies in none. */
export function quietUntil(hours: QuietHours, at: Date): Date | null {
  const today = dayOf(at, hours.timeZone);
  const isOverMidnight = hours.to < hours.from;
  for (const day of [addDays(today, -1), today]) {
    if (!hours.days.includes(weekdayOf(day))) continue;
    const from = zonedTime(`${day} ${hours.from}`, hours.timeZone);
    const to = zonedTime(`${isOverMidnight ? addDays(day, 1) : day} ${hours.to}`, hours.timeZone);
    if (from !== undefined && to !== undefined && from <= at && at < to) return to;
  }
  return null;
}

/** The same of a company. */
export async function readQuietEnd(db: Queryable, companyId: bigint, at: Date): Promise<Date | null> {
  const hours = await readQuietHours(db, companyId);
  return hours === null ? null : quietUntil(hours, at);
}

/** Quiet hours as one text, as the audit and notices carry it: `22:00-07:00 1,2,3 America/New_York`. */
export function encodeQuietHours({ from, to, days, timeZone }: QuietHours): string {
  return `${from}-${to} ${days.join(',')} ${timeZone}`;
}

/** Reads it again; null for what is no such text. */
export function decodeQuietHours(text: string): QuietHours | null {
  const [, from, to, days, timeZone] = /^(\d\d:\d\d)-(\d\d:\d\d) ([1-7](?:,[1-7])*) (\S+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined || days === undefined || timeZone === undefined) return null;
  return { from, to, days: days.split(',').map(Number), timeZone };
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

function timeOf(minute: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
