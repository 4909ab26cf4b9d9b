import { dollars, formatDollars, type Money } from '../../money.ts';
import type { ExportFacts, ExportFailure } from '../../usage/index.ts';
import { formatDays } from './format.ts';
import { escapeText, shorten } from './mrkdwn.ts';

/** Names told one by one; the rest are counted. */
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

/** One of a kind. */
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
  datesOption: 'From and to, as chosen below',
  fromLabel: 'From',
  toLabel: 'To, this day included',
  peopleLabel: 'People',
  officesLabel: 'Offices',
  kindsLabel: 'Kinds',
  all: 'All',
  zoneLabel: 'Time zone',
  zoneHint: 'Days begin at its midnight, and the file’s times are written in it.',
  nameLabel: 'File name',
  nameHint: 'Named after the period',
  deliverLabel: 'Send the file',
  toYouOption: 'To me, in a direct message',
  toChannelOption: (name: string): string =>
    /^(privategroup|mpdm-.*|)$/.test(name) ? 'To this conversation' : `To #${shorten(name, 60)}`,
  toYou: 'The file comes to you in a direct message from Refill.',
  choosePeriod: 'Choose a month, or “From and to”.',
  chooseDay: 'Choose a day.',
  wrongWayRound: 'This day is before the first one.',
  tooLong: 'A file holds thirteen months at most. Choose a shorter period.',
  tooMany: 'Three of your exports are being prepared. Submit this one when one of them is done.',
  badZone: 'Choose a time zone.',
  badName: 'A file cannot have this name. Use letters and digits.',
  badPeriod:
    'I don’t know that period. Try `/credits export last month`, `/credits export november` or `/credits export 2026-11-03 to 2026-11-09`.',
  notAllowed: 'That usage is not yours to export. *No file was made.* Choose among your own offices.',
  /** In the window, once it is asked for. */
  asked: (facts: ExportFacts): string =>
    `Your file of ${period(facts)} is being made. It comes ${facts.toChannel === null ? 'to you in a direct message from Refill' : `to <#${facts.toChannel}>`}, where you can also watch it and cancel it. You may close this window.`,

  preparing: (facts: ExportFacts): string =>
    [
      `:hourglass_flowing_sand: Preparing usage of *${period(facts)}*`,
      ...(facts.total === null ? [] : [records(facts.total)]),
      facts.total === null || facts.total === 0
        ? 'starting'
        : `${Math.floor((100 * facts.done) / facts.total)}%`,
    ].join(' · '),
  done: (facts: ExportFacts): string =>
    `:white_check_mark: Usage of *${period(facts)}*: ${figures(facts)}. The file is in the next message.`,
  /** What stands over the file itself. */
  file: (facts: ExportFacts): string =>
    [
      `*Usage of ${period(facts)}*, exported by <@${facts.by.userId}>`,
      figures(facts),
      narrowed(facts),
      ...(facts.total !== null && facts.total > 1_048_575
        ? ['Excel shows the first 1,048,575 records only; a shorter period shows all of them.']
        : []),
    ].join('\n'),
  empty: (facts: ExportFacts): string =>
    `*No usage for ${period(facts)}*, so there is no file. ${narrowed(facts)}.`,
  cancelled: (facts: ExportFacts): string =>
    `Export of ${period(facts)} cancelled${facts.cancelledBy === null ? '' : ` by <@${facts.cancelledBy}>`}. No file was made.`,
  tooLateToCancel: 'That export is over already, so there was nothing to cancel.',
  notYours: 'Only who asked for an export, or a company admin, can cancel it. It goes on.',
  failed: (facts: ExportFacts): string =>
    `:x: Usage of ${period(facts)} could not be exported: ${whyFailed(facts)} *No file was made.* Reference *${facts.reference ?? ''}*.`,
};

const FAILURES: Record<Exclude<ExportFailure, 'channel-closed' | 'too-many-records'>, string> = {
  'not-allowed': 'what was asked for is not yours to see any more.',
  'bad-time-zone': 'this time zone is not known here. Choose another one.',
  'uploads-refused':
    'Slack does not let Refill upload files here. Ask whoever manages this workspace to allow file uploads for Refill.',
  'file-too-large':
    'the file is larger than Slack takes here. Choose a shorter period, or fewer offices or people.',
  broken: 'something went wrong on our side. Try again in a minute; if it stays, quote the reference.',
};

function whyFailed({ failure, toChannel, total }: ExportFacts): string {
  if (failure === 'channel-closed')
    return `Refill cannot post in ${toChannel === null ? 'that conversation' : `<#${toChannel}>`}. Invite it there (\`/invite @Refill\`) and export again, or have the file sent to you.`;
  if (failure === 'too-many-records')
    return `${records(total ?? 0)} are more than one file may hold. Choose a shorter period, or fewer offices or people.`;
  return FAILURES[failure ?? 'broken'];
}

function period({ query, timeZone }: ExportFacts): string {
  return formatDays(query.from, query.to, timeZone);
}

function records(count: number): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'record' : 'records'}`;
}

/** `12,480 records · $1,284.1260 · times in America/Los_Angeles` */
function figures({ total, cost, timeZone }: ExportFacts): string {
  return `${records(total ?? 0)} · ${exact(cost ?? dollars('0'))} · times in ${timeZone}`;
}

function exact(amount: Money): string {
  return formatDollars(amount, Math.max(4, amount.decimalPlaces()));
}

function narrowed({ only }: ExportFacts): string {
  const parts = [
    list('Offices', only.offices),
    list('Departments', only.departments),
    list('People', only.people),
    list(
      'Kinds',
      only.categories.map((kind) => kindNames[kind] ?? kind),
    ),
  ].filter((part) => part !== '');
  return parts.length === 0 ? 'All offices, people and kinds' : parts.join(' · ');
}

function list(label: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  const told = names.slice(0, MAX_NAMES).map((name) => escapeText(shorten(name, 60)));
  const more = names.length - told.length;
  return `${label}: ${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
