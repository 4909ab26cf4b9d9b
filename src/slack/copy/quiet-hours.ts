import type { QuietHours } from '../../notices/index.ts';

const DAY_NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const FULL_DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** `10:00 PM` of `22:00`. */
function clockTime(time: string): string {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return `${((hours + 11) % 12) + 1}:${String(minutes).padStart(2, '0')} ${hours < 12 ? 'AM' : 'PM'}`;
}

/** `every day`, `Mon–Fri`, or the days by name. */
function dayNames(days: readonly number[]): string {
  const sorted = [...new Set(days)].toSorted((a, b) => a - b);
  const [first = 1, last = 7] = [sorted[0], sorted.at(-1)];
  if (sorted.length === 7) return 'every day';
  const name = (day: number): string => DAY_NAMES[day - 1] ?? '';
  if (sorted.length > 2 && last - first === sorted.length - 1) return `${name(first)}–${name(last)}`;
  return sorted.map(name).join(', ');
}

export const quietHoursCopy = {
  /** Over what waited. */
  head: (count: number): string =>
    `:alarm_clock: *Since quiet hours began* (${count === 1 ? '1 notification' : `${count} notifications`})`,
  more: (count: number): string => `and ${count} more`,

  /** `10:00 PM–7:00 AM, Mon–Fri (America/New_York)`. */
  hours: ({ from, to, days, timeZone }: QuietHours): string =>
    `${clockTime(from)}–${clockTime(to)}, ${dayNames(days)} (${timeZone})`,
  settingsHead: (hours: QuietHours | null): string =>
    `*Quiet hours*\n${hours === null ? 'Off' : quietHoursCopy.hours(hours)}`,
  settingsButton: 'Change quiet hours',

  title: 'Quiet hours',
  intro:
    'In quiet hours, channels get only what can’t wait: out of credits, declined or paused payments, disputes, refunds, unusual spending and approvals. The rest comes as one message when they end.',
  onLabel: 'Quiet hours',
  on: 'On',
  off: 'Off',
  fromLabel: 'From',
  toLabel: 'Until',
  toHint: 'If this is earlier than From, quiet hours end the next day.',
  daysLabel: 'Days they begin on',
  day: (day: number): string => FULL_DAYS[day - 1] ?? '',
  zoneLabel: 'Time zone',
  save: 'Save',
  cancel: 'Cancel',
  close: 'Close',

  timeMissing: 'Choose a time.',
  sameTime: 'Choose another time: quiet hours can’t end when they begin.',
  dayMissing: 'Choose at least one day.',
  zoneUnknown: 'Choose a time zone from the list.',
  stale:
    ':warning: *Not saved.* Someone changed quiet hours while this was open. Review them, then save again.',
  saved: (hours: QuietHours | null): string =>
    hours === null
      ? ':white_check_mark: *Quiet hours are off.* Notifications are posted as they happen.'
      : `:white_check_mark: *Saved.* Quiet hours: ${quietHoursCopy.hours(hours)}`,
  unchanged: 'No changes to save.',
};
