import type { KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { Office, PersonWithRoles } from '../../../org/index.ts';
import { displayText } from '../../../outside-text.ts';
import { peopleCopy as copy } from '../../copy/index.ts';
import { button, buttons, quiet, section } from '../../kit/blocks.ts';
import { choices, many, option } from '../../kit/form-fields.ts';
import { modal, plain } from '../../kit/modal.ts';
import type { ViewerContext } from '../../kit/viewer.ts';
import { IDS } from './ids.ts';

const { action, field, view } = IDS;
/** A modal takes a hundred blocks. */
const PEOPLE_PER_PAGE = 40;

export interface PeopleList {
  people: readonly PersonWithRoles[];
  /** People of the directory who are in Slack, with or without a role. */
  memberCount: number;
}

/** Who has which role, since when; a page of them. The page is in the buttons that turn it. */
export function peopleView(
  list: PeopleList,
  companyName: string,
  { page, viewer }: { page: number; viewer: ViewerContext },
): ModalView {
  const pages = Math.max(1, Math.ceil(list.people.length / PEOPLE_PER_PAGE));
  const shown = Math.min(Math.max(0, page), pages - 1);
  const people = list.people.slice(shown * PEOPLE_PER_PAGE, (shown + 1) * PEOPLE_PER_PAGE);
  return modal(view.people, String(shown), {
    title: copy.title,
    blocks: [
      section(copy.intro(companyName, list.memberCount)),
      buttons(button(copy.add, action.peopleGrant, { primary: true })),
      ...people.map((person) => personBlock(person, viewer)),
      ...turnButtons(shown, pages),
    ],
    close: copy.close,
  });
}

function personBlock(person: PersonWithRoles, viewer: ViewerContext): KnownBlock {
  return {
    ...section(copy.person(person, viewer)),
    accessory: button(copy.remove, action.peopleRevoke, { value: person.userId }),
  };
}

function turnButtons(page: number, pages: number): KnownBlock[] {
  if (pages < 2) return [];
  return [
    quiet(copy.page(page + 1, pages)),
    buttons(
      ...(page > 0 ? [button(copy.previous, action.peoplePrevious, { value: String(page - 1) })] : []),
      ...(page < pages - 1 ? [button(copy.next, action.peopleNext, { value: String(page + 1) })] : []),
    ),
  ];
}

export interface GrantPlaces {
  offices: readonly Office[];
  /** With the name of their office. */
  departments: readonly { id: bigint; name: string; officeName: string }[];
}

export const officeOptions = (offices: GrantPlaces['offices']): PlainTextOption[] =>
  offices.map(({ id, name }) => option(name, id.toString()));

export const departmentOptions = (departments: GrantPlaces['departments']): PlainTextOption[] =>
  departments.map(({ id, name, officeName }) =>
    option(`${displayText(name)} · ${displayText(officeName)}`, id.toString()),
  );

export const roleOptions = ({ roles }: PersonWithRoles): PlainTextOption[] =>
  roles.map((role) => option(copy.roleOfPlace(role), encodeRole(role)));

/** Whom, which role, and for which offices and departments. Slack’s picker also offers people who can have none. */
export function grantForm({ offices, departments }: GrantPlaces): ModalView {
  const roles = (['company_admin', 'office_admin', 'manager'] as const).map((role) => ({
    ...option(copy.roleOption[role], role),
    description: plain(copy.roleDescription[role]),
  }));
  return modal(view.peopleGrantForm, '', {
    title: copy.addTitle,
    blocks: [
      {
        type: 'input',
        block_id: field.person,
        label: plain(copy.personLabel),
        element: { type: 'users_select', action_id: field.person, placeholder: plain(copy.choosePerson) },
      },
      {
        type: 'input',
        block_id: field.role,
        label: plain(copy.roleLabel),
        element: choices(field.role, roles, 'office_admin'),
      },
      {
        type: 'input',
        block_id: field.roleOffices,
        optional: true,
        label: plain(copy.officesLabel),
        hint: plain(copy.officesHint),
        element: many(field.roleOffices, officeOptions(offices), [], copy.chooseOffices),
      },
      ...(departments.length === 0
        ? []
        : [
            {
              type: 'input' as const,
              block_id: field.roleDepartments,
              optional: true,
              label: plain(copy.departmentsLabel),
              hint: plain(copy.departmentsHint),
              element: many(
                field.roleDepartments,
                departmentOptions(departments),
                [],
                copy.chooseDepartments,
              ),
            },
          ]),
    ],
    submit: copy.save,
    close: copy.cancel,
  });
}

/** A role as an option carries it. */
export function encodeRole(role: {
  role: string;
  officeId: bigint | null;
  departmentId: bigint | null;
}): string {
  return `${role.role}:${role.officeId ?? ''}:${role.departmentId ?? ''}`;
}

/** Which of a person’s roles end; all of them unless some are left out. */
export function revokeForm(person: PersonWithRoles, isSelf: boolean): ModalView {
  const options = roleOptions(person);
  return modal(view.peopleRevokeForm, person.userId, {
    title: copy.removeTitle,
    blocks: [
      section(copy.removeIntro(person.userId, isSelf)),
      {
        type: 'input',
        block_id: field.rolesToRemove,
        label: plain(copy.rolesLabel),
        element: many(
          field.rolesToRemove,
          options,
          options.map(({ value }) => value ?? ''),
          copy.chooseRoles,
        ),
      },
      quiet(copy.removeNote),
    ],
    submit: copy.remove,
    close: copy.cancel,
  });
}

/** The modal with a text only. */
export function peopleText(text: string): ModalView {
  return modal(view.peopleText, '', { title: copy.title, blocks: [section(text)], close: copy.close });
}
