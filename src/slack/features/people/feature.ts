import { peopleCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { LINK_IDS } from '../../links.ts';
import { submitGrant } from './grant-role.ts';
import { IDS } from './ids.ts';
import { notices } from './notices.ts';
import {
  openGrantForm,
  openPeople,
  openRevokeForm,
  showPeople,
  stackPeople,
  suggestRoleDepartments,
  suggestRoleOffices,
  suggestRoles,
  turnPeople,
  updateList,
} from './open-people.ts';
import { peopleText } from './people-views.ts';
import { submitRevoke } from './revoke-role.ts';

export const people = {
  commands: [
    {
      word: 'people',
      also: ['roles'],
      help: [{ for: 'manage_people', text: peopleCopy.help }],
      async run(ctx, { client, who, triggerId }) {
        await openPeople(ctx, client, who, triggerId);
        return null;
      },
    },
  ],
  messageActions: { [LINK_IDS.peopleShow]: showPeople },
  viewActions: {
    [LINK_IDS.peopleOpen]: stackPeople,
    [IDS.action.peoplePrevious]: turnPeople,
    [IDS.action.peopleNext]: turnPeople,
    [IDS.action.peopleGrant]: openGrantForm,
    [IDS.action.peopleRevoke]: openRevokeForm,
  },
  submissions: { [IDS.view.peopleGrantForm]: submitGrant, [IDS.view.peopleRevokeForm]: submitRevoke },
  afterSubmissions: { [IDS.view.peopleGrantForm]: updateList, [IDS.view.peopleRevokeForm]: updateList },
  suggestions: {
    [IDS.view.peopleGrantForm]: {
      [IDS.field.roleOffices]: suggestRoleOffices,
      [IDS.field.roleDepartments]: suggestRoleDepartments,
    },
    [IDS.view.peopleRevokeForm]: { [IDS.field.rolesToRemove]: suggestRoles },
  },
  readOnly: [
    LINK_IDS.peopleShow,
    LINK_IDS.peopleOpen,
    IDS.action.peoplePrevious,
    IDS.action.peopleNext,
    IDS.action.peopleGrant,
    IDS.action.peopleRevoke,
  ],
  textModal: peopleText,
  notices,
} satisfies Feature;
