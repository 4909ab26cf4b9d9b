import { listOperatorNotices } from '../../org/index.ts';
import { defineCommand, flag } from '../frame/index.ts';

export const listOperatorNoticesCommand = defineCommand({
  name: 'operator list',
  summary: 'what the operator has to look at: the open notices',
  params: { all: flag('--all', 'resolved ones as well, the newest 200') },
  async run({ db }, { all }) {
    const notices = await listOperatorNotices(db, { includeResolved: all });
    return {
      lines:
        notices.length === 0
          ? ['Nothing to look at.']
          : notices.map(({ id, kind, sentence, company, subject, count, since, resolvedAt }) =>
              [
                String(id),
                since.toISOString(),
                kind,
                ...(company === null ? [] : [`${company.name} (${company.id})`]),
                ...(subject === '' ? [] : [subject]),
                ...(count === 1 ? [] : [`${count} times`]),
                ...(resolvedAt === null ? [] : [`resolved ${resolvedAt.toISOString()}`]),
                sentence,
              ].join('  '),
            ),
      value: { notices },
    };
  },
});
