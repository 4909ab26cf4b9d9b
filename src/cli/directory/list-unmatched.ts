import { listUnmatched, type Unmatched } from '../../org/index.ts';
import { companyOption, defineCommand } from '../frame/index.ts';

export const listUnmatchedCommand = defineCommand({
  name: 'directory unmatched',
  summary: 'people of the phone system who are not known in Slack, and why',
  params: { company: companyOption() },
  async run({ db }, { company }) {
    const people = await listUnmatched(db, company.id);
    return {
      lines: [
        ...people.map((person) => `${person.name}  ${person.email ?? '–'}  ${describeAnswer(person)}`),
        `Not known in Slack: ${people.length}.`,
      ],
      value: { people },
    };
  },
});

function describeAnswer({ email, answer, nextLookAt }: Unmatched): string {
  if (email === null) return 'no e-mail address';
  if (answer === null) return 'not looked for yet';
  const next = nextLookAt === null ? '' : `; looked for again ${nextLookAt.toISOString()}`;
  return `${answer === 'users_not_found' ? 'nobody there has this address' : `Slack refused: ${answer}`}${next}`;
}
