/** The ids that go to Slack and come back. */
export const IDS = {
  action: {
    peoplePrevious: 'people_previous',
    peopleNext: 'people_next',
    peopleGrant: 'people_grant',
    peopleRevoke: 'people_revoke',
  },
  view: {
    people: 'people',
    peopleGrantForm: 'people_grant_form',
    peopleRevokeForm: 'people_revoke_form',
    peopleText: 'people_result',
  },
  field: {
    person: 'person',
    role: 'role',
    roleOffices: 'role_offices',
    roleDepartments: 'role_departments',
    rolesToRemove: 'roles_to_remove',
  },
} as const;
