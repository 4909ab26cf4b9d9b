import { textCell } from '../../csv.ts';
import { type AuditEntry, listAudit } from '../../org/index.ts';
import {
  defineCommand,
  flag,
  instant,
  optional,
  optionalCompany,
  rowNumber,
  text,
  withDefault,
} from '../frame/index.ts';

export const listAuditCommand = defineCommand({
  name: 'audit list',
  summary: 'who changed money, cards, roles and settings, when, from where and why, the newest first',
  params: {
    company: optionalCompany(),
    by: optional('--by <who>', 'a Slack user’s id, an operator’s name, or a part of it', text),
    action: optional('--action <action>', 'one kind of change, like purchase-confirmed', text),
    from: optional('--from <day>', 'from this UTC day or instant on', instant),
    to: optional('--to <day>', 'before this UTC day or instant', instant),
    limit: withDefault('--limit <number>', 'how many at most', rowNumber, '50'),
    csv: flag('--csv', 'as lines of CSV'),
  },
  async run({ db }, { company, by, action, from, to, limit, csv }) {
    const asked = { companyId: company?.id, actor: by, action, from, to, limit: Number(limit) };
    const entries = await listAudit(db, asked);
    if (csv) return { lines: [HEADER, ...entries.map(csvLine)], value: { entries } };
    return { lines: entries.length === 0 ? ['There is none.'] : entries.map(describe), value: { entries } };
  },
});

const HEADER = 'Time (UTC),Company,Who,From,Action,Reason,Details';

function csvLine({ at, companyName, actor, surface, action, reason, details }: AuditEntry): string {
  const cells = [companyName, actor, surface, action, reason ?? '', JSON.stringify(details)];
  return [at.toISOString(), ...cells.map(textCell)].join(',');
}

function describe(entry: AuditEntry): string {
  const details = Object.entries(entry.details).map(([name, value]) => `${name}=${String(value)}`);
  return [
    entry.at.toISOString(),
    `${entry.companyName} (${entry.companyId})`,
    entry.actor,
    entry.surface,
    entry.action,
    ...(entry.reason === null ? [] : [entry.reason]),
    ...details,
    ...(entry.requestId === null ? [] : [`request=${entry.requestId}`]),
  ].join('  ');
}
