import type { BlockAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { countMembers, listPeople, type Person } from '../../../org/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { peopleCopy as copy, generalCopy } from '../../copy/index.ts';
import { escapeText } from '../../copy/mrkdwn.ts';
import type { ViewClick } from '../../kit/click.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import type { Suggest } from '../../kit/long-lists.ts';
import { openModal } from '../../kit/open-modal.ts';
import { Refusal } from '../../kit/refusal.ts';
import type { Submission } from '../../kit/submission.ts';
import { viewerOf } from '../../kit/viewer.ts';
import { IDS } from './ids.ts';
import {
  departmentOptions,
  type GrantPlaces,
  grantForm,
  officeOptions,
  peopleText,
  peopleView,
  revokeForm,
  roleOptions,
} from './people-views.ts';

/** `/credits people`. Throws a Refusal for everybody but company admins. */
export async function openPeople(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  triggerId: string,
): Promise<void> {
  const modal = {
    id: IDS.view.people,
    who,
    triggerId,
    loading: peopleText(copy.loading),
    textModal: peopleText,
  };
  await openModal(ctx, client, modal, drawList(ctx, who, 0));
}

/** [People] on the Home tab. */
export async function showPeople(
  ctx: SlackContext,
  client: WebClient,
  who: Who,
  body: BlockAction,
): Promise<void> {
  await openPeople(ctx, client, who, body.trigger_id);
}

/** [People] in the settings: on top of them. */
export async function stackPeople(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const view = await drawList(ctx, click.who, 0);
  await client.views.push({ trigger_id: click.triggerId, view });
}

export async function turnPeople(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const view = await drawList(ctx, click.who, readPage(click.value));
  await client.views.update({ view_id: click.viewId, view });
}

/** [Add a role]: on top of the list. */
export async function openGrantForm(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const person = await requireRight(ctx, click.who, 'manage_people');
  const view = grantForm({ offices: person.offices, departments: await listDepartments(ctx, person) });
  await client.views.push({ trigger_id: click.triggerId, view });
}

/** The lists of both forms, where they are too long to come with them. */
export const suggestRoleOffices: Suggest = async (ctx, { who }) =>
  officeOptions((await requireRight(ctx, who, 'manage_people')).offices);

export const suggestRoleDepartments: Suggest = async (ctx, { who }) =>
  departmentOptions(await listDepartments(ctx, await requireRight(ctx, who, 'manage_people')));

export const suggestRoles: Suggest = async (ctx, { who, token }) =>
  roleOptions(await findTarget(ctx, await requireRight(ctx, who, 'manage_people'), token));

async function listDepartments(ctx: SlackContext, { company }: Person): Promise<GrantPlaces['departments']> {
  const rows = await ctx.db.department.findMany({
    where: { companyId: company.id },
    include: { office: { select: { name: true } } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });
  return rows.map(({ id, name, office }) => ({ id, name, officeName: office.name }));
}

/** [Remove] beside a person: on top of the list. */
export async function openRevokeForm(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const person = await requireRight(ctx, click.who, 'manage_people');
  const target = await findTarget(ctx, person, click.value);
  const view = revokeForm(target, target.userId === person.userId);
  await client.views.push({ trigger_id: click.triggerId, view });
}

/** A person with roles of the company, by a user id that went through a client. Throws a Refusal where there is none. */
export async function findTarget(ctx: SlackContext, person: Person, userId: string) {
  const people = await listPeople(ctx.db, person.company.id);
  const target = people.find((each) => each.userId === userId && each.teamId === person.teamId);
  if (target === undefined) throw new Refusal(generalCopy.outdated);
  return target;
}

/** After a change: the list below the form shows it. Does nothing where that was closed meanwhile. */
export async function updateList(ctx: SlackContext, client: WebClient, of: Submission): Promise<void> {
  if (of.parentId === null) return;
  const view = await drawList(ctx, of.who, 0);
  await client.views.update({ view_id: of.parentId, view }).catch((error: unknown) => {
    ctx.log.debug({ err: error }, 'the list of people was closed before it could be drawn again');
  });
}

async function drawList(ctx: SlackContext, who: Who, page: number): Promise<ModalView> {
  const person = await requireRight(ctx, who, 'manage_people');
  const { id, name } = person.company;
  const [people, memberCount] = [await listPeople(ctx.db, id), await countMembers(ctx.db, id)];
  return peopleView({ people, memberCount }, escapeText(name), { page, viewer: viewerOf(ctx, person) });
}

function readPage(value: string): number {
  return /^\d{1,6}$/.test(value) ? Number(value) : 0;
}
