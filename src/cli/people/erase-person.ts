import {
  erasePerson,
  type FactCount,
  findPersonalFacts,
  findTraces,
  retentionReason,
} from '../../usage/index.ts';
import { companyOption, defineCommand, flag, option, text } from '../frame/index.ts';

export const erasePersonCommand = defineCommand({
  name: 'people erase',
  summary: 'erase a person’s name, e-mail address, Slack id and numbers everywhere; amounts and entries stay',
  params: {
    company: companyOption(),
    person: option(
      '--person <who>',
      'a Slack id, e-mail address, number or full name of the directory',
      text,
    ),
    reason: option('--reason <reason>', 'stored in the audit; without what is to be erased', text),
    dryRun: flag('--dry-run', 'count what there is, and change nothing'),
  },
  async run({ db, clock, note }, { company, person: typed, reason, dryRun }) {
    const person = await findPersonalFacts(db, company.id, typed);
    if (dryRun) {
      const before = await findTraces(db, person);
      return {
        lines: [...before.map(({ table, rows }) => `${table}: ${rows}`), 'Nothing was changed.'],
        value: { before },
      };
    }
    const done = await erasePerson({ db, clock }, person, reason);
    if (person.isInPhoneSystem)
      note(
        'Warning: the phone system’s directory listed them. Remove them there, or the next reading brings them back.',
      );
    const left = done.after.filter(({ table }) => retentionReason(table) === null);
    return {
      lines: [
        `Erased the numbers of ${done.records} usage records. Rows with any of their facts, before and after:`,
        ...compare(done.before, done.after),
        ...(left.length === 0
          ? [
              'Nothing else of them is left in this database. Backups and files that were sent keep what they have.',
            ]
          : [
              'What is left waits for its price, or names somebody else alike: see refill usage inbox, then run this again.',
            ]),
      ],
      value: { ...done, records: Number(done.records) },
      status: left.length === 0 ? 0 : 1,
    };
  },
});

function compare(before: readonly FactCount[], after: readonly FactCount[]): string[] {
  const tables = [...new Set([...before, ...after].map(({ table }) => table))].toSorted();
  const rowsOf = (counts: readonly FactCount[], table: string): number =>
    counts.find((each) => each.table === table)?.rows ?? 0;
  return tables.map((table) => {
    const kept = rowsOf(after, table) === 0 ? null : retentionReason(table);
    return `${table}: ${rowsOf(before, table)} → ${rowsOf(after, table)}${kept === null ? '' : ` (${kept})`}`;
  });
}
