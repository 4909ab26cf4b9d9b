import { dollars, formatDollars } from '../../money.ts';
import type { ExportFacts, ExportFailure } from '../../usage/index.ts';
import { formatDays, formatZone } from './format.ts';
import { escapeText, shorten } from './mrkdwn.ts';

/** More names than these are counted. */
const MAX_NAMES = 5;

export const kindNames: Record<string, string> = {
  international: 'International calls',
  domestic: 'Domestic calls',
  toll_free: 'Toll-free calls',
  local: 'Local calls',
  internal: 'Internal calls',
  sms: 'SMS',
  mms: 'MMS',
  fax: 'Fax',
  ai_conversation: 'AI conversations',
};

/** A single one of each. */
export const singleKinds: Record<string, string> = {
  international: 'International call',
  domestic: 'Domestic call',
  toll_free: 'Toll-free call',
  local: 'Local call',
  internal: 'Internal call',
  sms: 'SMS',
  mms: 'MMS',
  fax: 'Fax',
  ai_conversation: 'AI conversation',
};

export const exportCopy = {
  help: '`/credits export`  usage as a file: choose the period, people, offices and types',
  helpWithPeriod:
    '`/credits export last month`  the same with a period filled in; also `november`, `2026-11-03 to 2026-11-09`',
  title: 'Export usage',
  submit: 'Export',
  cancel: 'Cancel',
  close: 'Close',
  loading: 'One moment…',
  periodLabel: 'Period',
  month: (month: string): string =>
    new Date(`${month}-01T00:00:00Z`).toLocaleString('en-US', {
      month: 'long',
      year: 'numeric',
      timeZone: 'UTC',
    }),
  datesOption: 'Custom range',
  fromLabel: 'Start date',
  toLabel: 'End date',
  peopleLabel: 'People',
  officesLabel: 'Offices',
  kindsLabel: 'Types',
  all: 'All',
  zoneLabel: 'Time zone',
  zoneHint: 'For the days of the period and the times in the file.',
  nameLabel: 'File name',
  nameHint: 'Named after the period',
  deliverLabel: 'Send the file',
  toYouOption: 'To me, in a direct message',
  toChannelOption: (name: string): string =>
    /^(privategroup|mpdm-.*|)$/.test(name) ? 'To this conversation' : `To #${shorten(name, 60)}`,
  channelLabel: 'Send the file to',
  channelHint: 'Leave blank to get it in a direct message. Refill has to be in the channel.',
  toMe: 'Me, in a direct message',
  choosePeriod: 'Choose a month, or a custom range.',
  monthAndDates: 'Choose “Custom range” to use the dates below, or clear them.',
  chooseDates: 'Choose a start date and an end date.',
  chooseDay: 'Choose a day.',
  wrongWayRound: 'The end date is before the start date.',
  tooLong: 'An export can cover up to 13 months. Choose a shorter period.',
  tooMany: 'You already have three exports in progress. Try again when one is done.',
  badZone: 'Choose a time zone.',
  badName: 'A file can’t have this name. Use letters and digits.',
  badPeriod:
    'I couldn’t find that period. Try `/credits export last month`, `/credits export november` or `/credits export 2026-11-03 to 2026-11-09`.',
  notAllowed: 'You don’t have access to that usage. Choose from your own offices. No file was made.',
  /** In the modal, once it is requested. */
  asked: (facts: ExportFacts): string =>
    `Preparing your export for ${period(facts)}. We’ll send it ${facts.toChannel === null ? 'to you in a direct message' : `to <#${facts.toChannel}>`}, where you can follow its progress or cancel it. You can close this.`,

  preparing: (facts: ExportFacts): string =>
    [
      `:hourglass_flowing_sand: Preparing usage for *${period(facts)}*`,
      ...(facts.total === null ? [] : [records(facts.total)]),
      facts.total === null || facts.total === 0
        ? 'starting'
        : `${Math.floor((100 * facts.done) / facts.total)}%`,
    ].join(' · '),
  done: (facts: ExportFacts): string =>
    `:white_check_mark: Usage for *${period(facts)}*. The file is in the next message.`,
  /** The message above the file. */
  file: (facts: ExportFacts): string =>
    [
      `*Usage for ${period(facts)}*, ${facts.scheduledBy === null ? `exported by <@${facts.by.userId}>` : `scheduled by <@${facts.scheduledBy}>`}`,
      figures(facts),
      narrowed(facts),
      ...(facts.total !== null && facts.total > 1_048_575
        ? ['Excel shows only the first 1,048,575 records. Choose a shorter period to see them all.']
        : []),
    ].join('\n'),
  empty: (facts: ExportFacts): string =>
    `*No usage for ${period(facts)}*, so there’s no file. ${narrowed(facts)}.`,
  cancelled: (facts: ExportFacts): string =>
    `Export of ${period(facts)} cancelled${facts.cancelledBy === null ? '' : ` by <@${facts.cancelledBy}>`}. No file was made.`,
  tooLateToCancel: 'This export is already finished, so there was nothing to cancel.',
  notYours: 'Only the person who requested an export, or a company admin, can cancel it. It’s still running.',
  failed: (facts: ExportFacts): string =>
    `:x: We couldn’t export usage for ${period(facts)}: ${whyFailed(facts)} No file was made. Reference *${facts.reference ?? ''}*.`,
};

const FAILURES: Record<Exclude<ExportFailure, 'channel-closed' | 'too-many-records'>, string> = {
  'not-allowed': 'you no longer have access to it.',
  'bad-time-zone': 'the database doesn’t know this time zone. Choose another one.',
  'uploads-refused':
    'Slack doesn’t allow Refill to upload files here. Ask a workspace admin to allow file uploads for Refill.',
  'file-too-large':
    'the file is larger than Slack allows here. Choose a shorter period, or fewer offices or people.',
  broken:
    'something went wrong on our side. Try again in a minute. If it happens again, contact your provider with the reference.',
};

function whyFailed({ failure, toChannel, total }: ExportFacts): string {
  if (failure === 'channel-closed')
    return `Refill can’t post in ${toChannel === null ? 'that conversation' : `<#${toChannel}>`}. Invite it there (\`/invite @Refill\`) and export again, or send the file to yourself.`;
  if (failure === 'too-many-records')
    return `${records(total ?? 0)} are more than one file can hold. Choose a shorter period, or fewer offices or people.`;
  return FAILURES[failure ?? 'broken'];
}

function period({ query, timeZone }: ExportFacts): string {
  return formatDays(query.from, query.to, timeZone);
}

function records(count: number): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'record' : 'records'}`;
}

/** `12,480 records · $1,284.13 · times are in Pacific Time` */
function figures({ total, cost, timeZone }: ExportFacts): string {
  return `${records(total ?? 0)} · ${formatDollars(cost ?? dollars('0'))} · times are in ${formatZone(timeZone)}`;
}

function narrowed({ only, by }: ExportFacts): string {
  const parts = [
    list('Offices', only.offices),
    list('Departments', only.departments),
    list('People', only.people),
    list(
      'Types',
      only.categories.map((kind) => kindNames[kind] ?? kind),
    ),
  ].filter((part) => part !== '');
  return parts.length === 0 ? `All usage that <@${by.userId}> can see` : parts.join(' · ');
}

function list(label: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, MAX_NAMES).map((name) => escapeText(shorten(name, 60)));
  const more = names.length - shown.length;
  return `${label}: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
