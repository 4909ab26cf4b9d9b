import type { DirectoryLists } from '../stand-ins/index.ts';
import { DEMO_CAST, TOLL_FREE_NUMBER } from './cast.ts';

const COMPANY_ID = '4508591728425653';
const OFFICE_IDS: Record<string, string> = {
  'San Francisco': '6422934115149452',
  'New York': '6422934115149460',
};
const DEPARTMENTS = ['Operations', 'Sales', 'Support'];
/** The demo company does not know them until it looks; nobody in Slack has their addresses. */
const NEWCOMERS = [
  {
    name: 'Noor Haddad',
    email: 'noor@acme.example',
    office: 'New York',
    department: 'Sales',
    number: '+12125550105',
  },
  {
    name: 'Tom Okafor',
    email: 'tom@acme.example',
    office: 'San Francisco',
    department: 'Support',
    number: '+14155550106',
  },
];

/** The demo company as its phone system lists it: the people of its Slack workspace, and two more. */
export function demoDirectory(): DirectoryLists {
  const cast = DEMO_CAST.flatMap(({ name, realName, office, department, number, role }) =>
    role === null || office === null || department === null || number === null
      ? []
      : [{ name: realName, email: `${name}@acme.example`, office, department, number }],
  );
  const people = [...cast, ...NEWCOMERS].map((person, index) => ({
    ...person,
    id: `58358069034179${10 + index}`,
  }));
  const offices = Object.entries(OFFICE_IDS);
  const departments = offices.flatMap(([office, officeId], place) =>
    DEPARTMENTS.map((name, index) => ({ name, office, officeId, id: `64229341151495${place}${index}` })),
  );
  return {
    offices: offices.map(([name, id], index) => ({
      id,
      office_id: id,
      name,
      country: 'us',
      is_primary_office: index === 0,
      state: 'active',
      timezone: index === 0 ? 'US/Pacific' : 'US/Eastern',
    })),
    departments: departments.map(({ id, name, officeId }) => ({
      id,
      name,
      office_id: officeId,
      state: 'active',
    })),
    users: people.map(({ id, name, email, office, department, number }) => ({
      id,
      company_id: COMPANY_ID,
      office_id: OFFICE_IDS[office],
      display_name: name,
      emails: [email],
      phone_numbers: [number],
      license: 'talk',
      state: 'active',
      is_admin: false,
      group_details: departments
        .filter((each) => each.name === department && each.office === office)
        .map((each) => ({
          group_id: each.id,
          group_type: 'department',
          role: 'operator',
          do_not_disturb: false,
        })),
    })),
    numbers: [
      ...people.map(({ id, number, office }) => ({
        number,
        type: 'local',
        status: 'user',
        office_id: OFFICE_IDS[office],
        target_id: id,
        target_type: 'user',
      })),
      {
        number: TOLL_FREE_NUMBER,
        type: 'tollfree',
        status: 'office',
        office_id: OFFICE_IDS['San Francisco'],
        target_id: OFFICE_IDS['San Francisco'],
        target_type: 'office',
      },
    ],
  };
}
