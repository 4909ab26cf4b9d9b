import { dollars, formatDollars, type Money } from '../../money.ts';
import type { ExportFacts, ExportFailure } from '../../usage/index.ts';
import { escapeText, shorten } from '../blocks/build.ts';
import { formatDays } from './format.ts';

/** Names told one by one; the rest are counted. */
const MOST_NAMES = 5;

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

export const exportWords = {
  title: 'Export usage',
  submit: 'Export',
  cancel: 'Cancel',

  preparing: (facts: ExportFacts): string =>
    [
      `:hourglass_flowing_sand: Preparing usage of *${period(facts)}*`,
      ...(facts.total === null ? [] : [records(facts.total)]),
      facts.total === null || facts.total === 0
        ? 'starting'
        : `${Math.floor((100 * facts.done) / facts.total)} %`,
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
    `*No usage in ${period(facts)}*, so there is no file. ${narrowed(facts)}.`,
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
  const told = names.slice(0, MOST_NAMES).map((name) => escapeText(shorten(name, 60)));
  const more = names.length - told.length;
  return `${label}: ${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
