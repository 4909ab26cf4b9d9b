import type { DigestPeriod } from '../../db/index.ts';
import type { NoticeFacts } from '../../notices/index.ts';
import { escapeText, shorten } from './mrkdwn.ts';

interface ShownSchedule {
  every: DigestPeriod;
  byUserId: string;
  toUserId: string | null;
  toChannel: string | null;
}

const target = ({ toUserId, toChannel }: Pick<ShownSchedule, 'toUserId' | 'toChannel'>): string =>
  toUserId === null ? `<#${toChannel}>` : `<@${toUserId}>`;
const often = (every: DigestPeriod): string => ({ week: 'Weekly', month: 'Monthly' })[every];

export const scheduleCopy = {
  button: 'Scheduled exports',
  head: '*Scheduled exports*\nGet this file every week or month automatically.',
  title: 'Scheduled exports',
  none: 'Nothing is scheduled yet.',
  add: 'Schedule export',
  end: 'End',
  endTitle: 'End this export?',
  endText: 'No more files are sent. Files that were sent stay.',
  endNo: 'Keep',
  /** One schedule in the list. `only`: offices and types that it is narrowed to. */
  line: (schedule: ShownSchedule, only: readonly string[], nextOn: string): string =>
    [
      `*${often(schedule.every)} to ${target(schedule)}*`,
      `${only.length === 0 ? 'All usage' : escapeText(shorten(only.join(', '), 200))} · next on ${nextOn} · set up by <@${schedule.byUserId}>`,
    ].join('\n'),
  more: (count: number): string => `and ${count} more. End one to see the next.`,

  formTitle: 'Schedule export',
  everyLabel: 'How often',
  every: (every: DigestPeriod): string =>
    ({ week: 'Weekly: Monday to Sunday, sent on Monday', month: 'Monthly, sent on the 1st' })[every],
  everyHint: (timeZone: string): string => `Sent at 9:00 AM (${timeZone}).`,
  personLabel: 'Send to a person',
  channelLabel: 'Or to a channel',
  choosePerson: 'Choose a person',
  chooseChannel: 'Choose a channel',
  officesLabel: 'Offices',
  kindsLabel: 'Types',
  all: 'All',
  save: 'Schedule',
  cancel: 'Cancel',
  close: 'Close',

  oneTarget: 'Choose a person or a channel.',
  notBoth: 'Choose a person or a channel, not both.',
  recipient: 'This person can’t see this usage. Choose someone with access to it, or other offices.',
  tooMany: 'Your company already has 50 scheduled exports. End one first.',
  /** In the modal, once it is scheduled. */
  scheduled: (schedule: ShownSchedule, nextOn: string): string =>
    `:white_check_mark: *Scheduled.* The first file goes to ${target(schedule)} on ${nextOn}.`,

  /** To the company admins, once somebody of it lost their role. */
  ended: ({
    every,
    lostUserId,
    byUserId,
    toUserId,
    toChannel,
  }: Extract<NoticeFacts, { kind: 'export_schedule' }>) =>
    `:information_source: The ${{ week: 'weekly', month: 'monthly' }[every]} usage export to ${target({ toUserId, toChannel })}${
      byUserId === lostUserId ? '' : `, set up by <@${byUserId}>,`
    } has ended: <@${lostUserId}> no longer has access to this usage. To schedule it again, use \`/credits export\`.`,
};
