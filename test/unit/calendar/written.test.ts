import { describe, expect, it } from 'vitest';
import { clockChangeAt, isTimeZone, zonedTime } from '../../../src/calendar.ts';
import { country, timeZone } from '../../../src/cli/company/readers.ts';
import { utcDay } from '../../../src/cli/frame/index.ts';
import { instant } from '../../../src/cli/frame/instant.ts';
import { readDate } from '../../../src/rating/deck/read-date.ts';
import { faultOfLocalTime, readInstant } from '../../../src/read-time.ts';
import { readTimeZone } from '../../../src/read-zone.ts';

const faultOf = (text: string, of: string | null = null): string => {
  const read = readTimeZone(text, of);
  return 'fault' in read ? read.fault : '';
};
describe('a time zone', () => {
  it('is every region that people and the database know', () => {
    for (const zone of Intl.supportedValuesOf('timeZone'))
      expect(readTimeZone(zone)).toEqual({ zone, isOldName: false });
    expect(readTimeZone('UTC')).toEqual({ zone: 'UTC', isOldName: false });
  });

  it.each([
    ['BST', 'GB', 'Europe/London'],
    ['BST', 'BD', 'Asia/Dhaka'],
    ['bst', null, 'Europe/London'],
    ['IST', 'IN', 'Asia/Kolkata'],
    ['IST', 'IE', 'Europe/Dublin'],
    ['IST', 'IL', 'Asia/Jerusalem'],
    ['AST', 'CA', 'America/Halifax'],
    ['AST', 'SA', 'Asia/Riyadh'],
    ['EST', 'CA', 'America/Toronto'],
    ['EST', 'AU', 'Australia/Sydney'],
    ['CST', 'CN', 'Asia/Shanghai'],
    ['CST', 'US', 'America/Chicago'],
    ['PST', 'PH', 'Asia/Manila'],
    ['PT', 'US', 'America/Los_Angeles'],
    ['CET', 'FR', 'Europe/Paris'],
    ['GMT', 'GH', 'Africa/Accra'],
    ['SST', 'SG', 'Asia/Singapore'],
    ['AEDT', 'AU', 'Australia/Sydney'],
    ['new york', 'US', 'America/New_York'],
    ['America/New York', 'US', 'America/New_York'],
    ['europe/london', 'GB', 'Europe/London'],
    ['Tokyo', 'JP', 'Asia/Tokyo'],
  ])('%s of a company in %s is refused, as probably %s', (text, of, probable) => {
    expect(faultOf(text, of)).toMatch(new RegExp(` is not a region.*\\. ${probable}\\?$`));
    expect(isTimeZone(probable)).toBe(true);
    expect(() => timeZone(text, '--time-zone')).toThrow('--time-zone takes a region: ');
  });

  it.each([
    '+05:30',
    '-0800',
    '+1',
    'GMT+1',
    'UTC-8',
    'UTC +3',
    'Etc/GMT+5',
    'Etc/UTC',
    'gmt-03:00',
    '+14:00',
  ])('%s is refused as an offset', (text) => {
    expect(faultOf(text)).toBe(`"${text}" is an offset, which knows no summer time, like America/New_York`);
    expect(() => timeZone(text, '--time-zone')).toThrow('is an offset');
  });

  it.each([
    '',
    'Mars/Olympus',
    'EST5EDT',
    'CST6CDT',
    'Pacific Standard Time',
    'America/',
    'US',
    'local',
    'Z',
    '5',
  ])('%j is no zone', (text) => {
    expect(faultOf(text)).toContain('is not a region');
  });

  it.each([
    ['US/Pacific', 'America/Los_Angeles'],
    ['US/Eastern', 'America/New_York'],
    ['US/Hawaii', 'Pacific/Honolulu'],
    ['Canada/Eastern', 'America/Toronto'],
    ['Brazil/East', 'America/Sao_Paulo'],
    ['Mexico/General', 'America/Mexico_City'],
    ['Chile/Continental', 'America/Santiago'],
  ])(
    'the old name %s is read in exports, where only it is written, and told to who types it',
    (text, zone) => {
      expect(readTimeZone(text)).toEqual({ zone, isOldName: true });
      expect(() => timeZone(text, '--time-zone')).toThrow(
        `--time-zone takes a region: "${text}" is an old name. ${zone}?`,
      );
    },
  );

  it('is asked for in the words of the option', () => {
    expect(() => timeZone('BST', '--time-zone')).toThrow(
      '--time-zone takes a region: "BST" is not a region (BD: Asia/Dhaka). Europe/London?',
    );
    expect(country('gb', '--country')).toBe('GB');
  });
});

describe('a day that does not exist', () => {
  it.each([
    ['2026-02-30', 'February 2026 has 28 days'],
    ['2026-02-29', 'February 2026 has 28 days'],
    ['2100-02-29', 'February 2100 has 28 days'],
    ['2026-04-31', 'April 2026 has 30 days'],
    ['2026-06-31', 'June 2026 has 30 days'],
    ['2026-11-31', 'November 2026 has 30 days'],
    ['2026-12-32', 'December 2026 has 31 days'],
    ['2026-01-00', 'January 2026 has 31 days'],
    ['2026-13-01', 'months go from 01 to 12'],
    ['2026-00-01', 'months go from 01 to 12'],
  ])('%s is refused wherever a day is read, and never moved to another', (day, why) => {
    const options = { order: null, isEnd: false } as const;
    expect(readInstant(`${day}T09:30:00Z`)).toEqual({ fault: expect.stringContaining(why) });
    expect(faultOfLocalTime(`${day} 09:30:00`)).toContain(why);
    expect(() => instant(day, '--from')).toThrow(why);
    expect(() => instant(`${day}T09:30:00-08:00`, '--from')).toThrow(why);
    expect(() => utcDay(day, '--to')).toThrow(`--to takes a day like 2026-11-28: "${day}" is no day: ${why}`);
    expect(readDate(day, 'effective date', options)).toHaveProperty('fault');
    expect(readDate(`${day} 09:30`, 'effective date', options)).toHaveProperty('fault');
  });

  it.each(['24:00', '24:00:00', '25:00:00', '09:60:00', '23:59:60', '09:30:61'])(
    'nor is the time %s',
    (time) => {
      const options = { order: null, isEnd: false } as const;
      expect(readInstant(`2026-11-20T${time}Z`)).toEqual({ fault: expect.stringContaining('is no time') });
      expect(() => instant(`2026-11-20T${time}Z`, '--from')).toThrow('is no time');
      expect(readDate(`2026-11-20 ${time}`, 'effective date', options)).toHaveProperty('fault');
    },
  );
});

describe('a local time at a change of the clocks', () => {
  it.each([
    ['2026-11-01 01:30:00', 'America/New_York', 'repeated', '2026-11-01T05:30:00.000Z'],
    ['2026-11-01 01:00:00', 'America/New_York', 'repeated', '2026-11-01T05:00:00.000Z'],
    ['2026-11-01 02:00:00', 'America/New_York', null, '2026-11-01T07:00:00.000Z'],
    ['2026-10-25 01:59:59', 'Europe/London', 'repeated', '2026-10-25T00:59:59.000Z'],
    ['2026-10-25 02:30:00', 'Europe/Berlin', 'repeated', '2026-10-25T00:30:00.000Z'],
    ['2026-04-05 01:45:00', 'Australia/Lord_Howe', 'repeated', '2026-04-04T14:45:00.000Z'],
    ['2026-04-05 02:30:00', 'Australia/Sydney', 'repeated', '2026-04-04T15:30:00.000Z'],
    ['2026-03-08 02:30:00', 'America/New_York', 'skipped', '2026-03-08T07:30:00.000Z'],
    ['2026-03-29 01:00:00', 'Europe/London', 'skipped', '2026-03-29T01:00:00.000Z'],
    ['2026-03-29 02:15:00', 'Europe/Berlin', 'skipped', '2026-03-29T01:15:00.000Z'],
    ['2026-10-04 02:10:00', 'Australia/Lord_Howe', 'skipped', '2026-10-03T15:40:00.000Z'],
    ['2026-11-20 09:30:00', 'America/New_York', null, '2026-11-20T14:30:00.000Z'],
    ['2026-03-29 01:30:00', 'UTC', null, '2026-03-29T01:30:00.000Z'],
  ])('%s in %s is %s', (text, zone, change, at) => {
    expect([clockChangeAt(text, zone), zonedTime(text, zone)?.toISOString()]).toEqual([change, at]);
    expect(clockChangeAt(text, zone), 'once its hour is remembered').toBe(change);
  });
});
