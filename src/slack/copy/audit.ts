import { AUDIT_AREAS, type AuditArea, type AuditNames, type ListedAudit, userOf } from '../../org/index.ts';
import { AUDIT_SENTENCES } from './audit-sentences.ts';
import { formatDay, formatTime, mentionAny } from './format.ts';
import { escapeText, shorten } from './mrkdwn.ts';

const AREA_NAMES: Record<AuditArea, string> = {
  payments: 'Payments',
  cards: 'Cards',
  recharge: 'Auto-recharge',
  credits: 'Credits',
  bundles: 'Bundles',
  requests: 'Requests and approvals',
  invoices: 'Invoices',
  people: 'People',
  settings: 'Settings',
  usage: 'Usage',
};

/** Who acts where no person of the company does. */
const OTHERS: Readonly<Record<string, string>> = {
  'auto-recharge': 'Auto-recharge',
  processor: 'The card processor',
  slack: 'Refill',
};

const areaWords = (area: AuditArea): string => AREA_NAMES[area].toLowerCase();

export const auditCopy = {
  help: '`/credits audit`  who changed what; also a person, a topic or a period after it, like `audit @ana cards November`',
  button: 'Audit',
  header: 'Audit',
  areas: AREA_NAMES,
  /** The topic that a person typed, null where it is none. */
  areaOf: (typed: string): AuditArea | null =>
    AUDIT_AREAS.find((area) => area === typed.toLowerCase() || areaWords(area) === typed.toLowerCase()) ??
    null,
  allAreas: 'All topics',
  allTime: 'All time',
  anyone: 'Anyone',
  everyone: 'Everyone',
  caption: (first: number, last: number, count: number): string =>
    `${first.toLocaleString('en-US')}–${last.toLocaleString('en-US')} of ${count.toLocaleString('en-US')}`,
  none: 'No changes yet.',
  noneFound: 'No changes found. Choose another topic, period or person.',
  unknown: (typed: string): string =>
    `I couldn’t find “${escapeText(shorten(typed, 60))}”. Try a person, a topic like cards or settings, or a period like November.`,
  newest: 'Newest',
  newer: 'Newer',
  older: 'Older',
  downloadCsv: 'Download CSV',
  sent: 'We sent the file to your messages with Refill.',
  file: (count: number, isCut: boolean): string =>
    `Here’s the audit: ${count.toLocaleString('en-US')} ${count === 1 ? 'change' : 'changes'}${
      isCut ? ', the newest ones. Choose a period for earlier ones' : ''
    }.`,
  onlyCompanyAdmins: (admins: readonly string[]): string =>
    `Only company admins can see the audit${admins.length === 0 ? '. Your company has none yet. Ask your provider.' : `. Ask ${mentionAny(admins)}.`}`,

  /** One line of the list. */
  line: (entry: ListedAudit, names: AuditNames, { timeZone, now }: { timeZone: string; now: Date }): string =>
    `${formatDay(entry.at, timeZone, now)}, ${formatTime(entry.at, timeZone)} · ${sentenceOf(entry, names)}${
      entry.reason === null ? '' : `\n“${escapeText(shorten(entry.reason, 200))}”`
    }`,
  /** The same sentence as a cell of a file: people by their name in the directory, else by their Slack id. */
  plainSentence: (entry: ListedAudit, names: AuditNames): string => toPlain(sentenceOf(entry, names), names),
  /** Who did it, as a cell of a file. */
  plainActor: ({ actor }: Pick<ListedAudit, 'actor'>, names: AuditNames): string =>
    toPlain(nameActor(actor), names),
  csvHeader: (timeZone: string): readonly string[] => [
    `Time (${timeZone})`,
    'Who',
    'Slack ID',
    'What',
    'Reason',
    'From',
    'Code',
  ],
  surfaces: { slack: 'Slack', operator: 'Provider', processor: 'Card processor' } as Readonly<
    Record<string, string>
  >,
};

function sentenceOf({ actor, action, details }: ListedAudit, names: AuditNames): string {
  const who = nameActor(actor);
  const known = Object.hasOwn(AUDIT_SENTENCES, action)
    ? AUDIT_SENTENCES[action as keyof typeof AUDIT_SENTENCES]
    : null;
  // What an earlier version recorded under a name that is no longer used.
  return known === null
    ? `${who}: ${escapeText(action.replaceAll('-', ' '))}`
    : known({ who, details, names });
}

function nameActor(actor: string): string {
  const userId = userOf(actor);
  if (userId !== null) return `<@${userId}>`;
  return OTHERS[actor] ?? 'Your provider';
}

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

function toPlain(mrkdwn: string, names: AuditNames): string {
  return mrkdwn
    .replace(/<@([UW][A-Z0-9]+)>/g, (_mention, id: string) => names.people.get(id) ?? id)
    .replace(/<#([A-Z0-9]+)>/g, '#$1')
    .replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(/[\u2068\u2069]/g, '');
}
