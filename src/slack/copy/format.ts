import { brandName, type PayBy } from '../../billing/index.ts';
import { HOUR_MS, MINUTE_MS } from '../../durations.ts';

const formatters = new Map<string, Intl.DateTimeFormat>();

/** One for each zone and form: to make one takes thirty times as long as to use it. */
function formatterOf(timeZone: string, form: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([timeZone, form]);
  const known = formatters.get(key) ?? new Intl.DateTimeFormat('en-US', { timeZone, ...form });
  formatters.set(key, known);
  return known;
}

/** `2:14 PM PST` in the zone given, which is named. */
export function formatTime(at: Date, timeZone: string): string {
  const time = formatterOf(timeZone, { hour: 'numeric', minute: '2-digit', timeZoneName: 'short' });
  return time.format(at).replace(/\u202f/g, ' ');
}

/** The time, with its day where that is another than the day it is said on. */
export function formatWhen(at: Date, timeZone: string, saidAt: Date): string {
  const day = (date: Date): string => formatDay(date, timeZone, saidAt);
  const time = formatTime(at, timeZone);
  return day(at) === day(saidAt) ? time : `${time} on ${day(at)}`;
}

/** `Tue, Dec 1`, or `Mar 31, 2027` when it is not of this year. */
export function formatDay(day: Date, timeZone: string, now: Date): string {
  const year = (date: Date): string => formatterOf(timeZone, { year: 'numeric' }).format(date);
  const isThisYear = year(day) === year(now);
  return formatterOf(timeZone, {
    month: 'short',
    day: 'numeric',
    ...(isThisYear ? { weekday: 'short' as const } : { year: 'numeric' as const }),
  }).format(day);
}

/** The last day of a time that ends at midnight: what is due by then is due on that day. */
export function formatLastDay(endsAt: Date, timeZone: string, now: Date): string {
  return formatDay(new Date(endsAt.getTime() - 1), timeZone, now);
}

/** `Dec 1, 7:14 PM PST`: a moment to come, with its day. */
export function formatMoment(at: Date, timeZone: string): string {
  const day = formatterOf(timeZone, { month: 'short', day: 'numeric' }).format(at);
  return `${day}, ${formatTime(at, timeZone)}`;
}

/** `less than an hour`, `1 hour`, `5 hours`: whole hours between two moments. */
export function formatHours(from: Date, to: Date): string {
  const hours = Math.floor((to.getTime() - from.getTime()) / HOUR_MS);
  if (hours < 1) return 'less than an hour';
  return hours === 1 ? '1 hour' : `${hours} hours`;
}

/** `Visa •••• 4242` */
export function formatCard(card: { brand: string; last4: string }): string {
  // The processor's own words, which are shown in messages: nothing in them may become a mark or a mention.
  const [brand, last4] = [card.brand, card.last4].map((text) => text.replace(/[^\p{L}\p{N} .-]/gu, ''));
  return `${brandName(brand ?? '')} •••• ${last4}`;
}

/** How a purchase is paid, e.g. `Visa •••• 4242` or `your Tue, Dec 1 invoice`. */
export function formatPayBy(payBy: PayBy, timeZone: string, now: Date): string {
  if (payBy.method === 'invoice') return `your ${formatDay(payBy.nextInvoiceOn, timeZone, now)} invoice`;
  if (payBy.card === null) return 'no card yet';
  return payBy.card.needsReplacing ? `${formatCard(payBy.card)} (needs replacing)` : formatCard(payBy.card);
}

/** `just now`, `a minute ago`, `12 minutes ago`. */
export function formatAgo(at: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - at.getTime()) / MINUTE_MS);
  if (minutes < 1) return 'just now';
  return minutes === 1 ? 'a minute ago' : `${minutes} minutes ago`;
}

/** `<@A> or <@B>`; at most three. */
export function mentionAny(userIds: readonly string[]): string {
  const mentions = userIds.slice(0, 3).map((id) => `<@${id}>`);
  const last = mentions.at(-1) ?? '';
  return mentions.length < 2 ? last : `${mentions.slice(0, -1).join(', ')} or ${last}`;
}

/** `<@A>, <@B> and <@C>`, or `<@A>, <@B> and 3 others`: everybody is notified. */
export function mentionAll(userIds: readonly string[], more: number): string {
  const others = more === 0 ? [] : [more === 1 ? '1 other' : `${more} others`];
  const names = [...userIds.map((id) => `<@${id}>`), ...others];
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/**
 * Whole days from one midnight to before another, in the zone given: `Nov 1, 2026`, `Nov 1–30, 2026`,
 * `Nov 15 – Dec 14, 2026`.
 */
export function formatDays(from: Date, to: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    month: 'short',
    day: 'numeric',
    year: 'numeric',
  });
  return format
    .formatRange(from, new Date(to.getTime() - 1))
    .replace(/[\u2009\u202f]/g, ' ')
    .replace(/(\d) – (\d+,)/, '$1–$2');
}

/** `about every 3 days` */
export function formatRecurrence(everyDays: number): string {
  const whole = Math.round(everyDays);
  if (whole < 1) return 'more than once a day';
  return whole === 1 ? 'about every day' : `about every ${whole} days`;
}

/** A zone as people call it: `Pacific Time`. */
export function formatZone(timeZone: string): string {
  if (timeZone === 'UTC') return timeZone;
  const named = new Intl.DateTimeFormat('en-US', { timeZone, hour: 'numeric', timeZoneName: 'longGeneric' });
  return named.format(Date.UTC(2026, 0, 1)).replace(/^\d+\s*[AP]M\s*/, '');
}

/** As a sentence or a label begins. */
export const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
