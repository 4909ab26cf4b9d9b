import { countMembers, listPeople } from '../../org/index.ts';
import { companyOption, defineCommand } from '../frame/index.ts';
import { describeRole } from './read-role.ts';

export const listPeopleCommand = defineCommand({
  name: 'people list',
  summary: 'who has which role in a company, since when, and who is suspended',
  params: { company: companyOption() },
  async run({ db }, { company }) {
    const people = await listPeople(db, company.id);
    const members = await countMembers(db, company.id);
    const day = (at: Date): string => at.toISOString().slice(0, 10);
    return {
      lines: [
        ...people.flatMap(({ userId, name, email, roles, suspendedAt }) =>
          roles.map(
            (role) =>
              `${userId}  ${name ?? email ?? '–'}  ${describeRole(role)}  since ${day(role.grantedAt)}, by ${role.grantedBy}${
                suspendedAt === null ? '' : `  SUSPENDED since ${day(suspendedAt)}`
              }`,
          ),
        ),
        `With a role: ${people.length}. Members of the directory who are in Slack: ${members}.`,
      ],
      value: { people, members },
    };
  },
});
