import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { type Person, visibleOffices } from '../../../org/index.ts';
import { endSchedule, listSchedules, type ScheduleChoice, scheduleExport } from '../../../usage/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { formatDay } from '../../copy/format.ts';
import { scheduleCopy as copy, kindNames } from '../../copy/index.ts';
import type { ViewClick } from '../../kit/click.ts';
import type { SlackContext } from '../../kit/context.ts';
import type { Suggest } from '../../kit/long-lists.ts';
import { orRefuse } from '../../kit/refusal.ts';
import { type Submission, type SubmitAnswer, showErrors, showView } from '../../kit/submission.ts';
import { viewerOf } from '../../kit/viewer.ts';
import { exportText, namedOptions } from './export-form.ts';
import { IDS } from './ids.ts';
import { scheduleForm, schedulesView } from './schedule-views.ts';

const { field } = IDS;
const option = z.object({ value: z.string().max(100) });
const element = z.object({
  selected_option: option.nullish(),
  selected_options: z.array(option).max(100).nullish(),
  selected_user: z
    .string()
    .regex(/^[UW][A-Z0-9]{1,20}$/)
    .nullish(),
  selected_conversation: z
    .string()
    .regex(/^[CG][A-Z0-9]{1,20}$/)
    .nullish(),
});
const state = z.record(z.string(), z.record(z.string(), element));

/** [Scheduled exports] in the export's form and in the settings: on top of them. */
export async function openSchedules(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const person = await requireRight(ctx, click.who, 'see_usage');
  await client.views.push({ trigger_id: click.triggerId, view: await drawSchedules(ctx, person) });
}

/** [Schedule export]: on top of the list. */
export async function openScheduleForm(
  ctx: SlackContext,
  client: WebClient,
  click: ViewClick,
): Promise<void> {
  const person = await requireRight(ctx, click.who, 'see_usage');
  await client.views.push({ trigger_id: click.triggerId, view: scheduleForm(person) });
}

/** [End] beside a schedule. */
export async function endScheduleClick(
  ctx: SlackContext,
  client: WebClient,
  click: ViewClick,
): Promise<void> {
  const person = await requireRight(ctx, click.who, 'see_usage');
  const id = /^\d{1,18}$/.test(click.value) ? BigInt(click.value) : 0n;
  await orRefuse('export', () => endSchedule(ctx, person, id));
  await client.views.update({ view_id: click.viewId, view: await drawSchedules(ctx, person) });
}

/** The offices of a form that offers more than Slack takes in one list. */
export const suggestScheduleOffices: Suggest = async (ctx, { who }) =>
  namedOptions(visibleOffices(await requireRight(ctx, who, 'see_usage')));

/** Schedules it. What is wrong is shown on its field. */
export async function submitSchedule(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireRight(ctx, submission.who, 'see_usage');
  const choice = readScheduleForm(submission.values);
  if ('errors' in choice) return showErrors(choice.errors);
  const done = await orRefuse('export', () => scheduleExport(ctx, person, choice));
  if (done.outcome === 'recipient') return showErrors({ [field.schedulePerson]: copy.recipient });
  if (done.outcome === 'too_many') return showErrors({ [field.scheduleEvery]: copy.tooMany });
  const { schedule } = done;
  return showView(exportText(copy.scheduled(schedule, dayNamer(ctx, person)(schedule.nextAt))));
}

/** The list below the form shows the new one. Does nothing where that was closed meanwhile. */
export async function updateSchedules(ctx: SlackContext, client: WebClient, of: Submission): Promise<void> {
  if (of.parentId === null) return;
  const person = await requireRight(ctx, of.who, 'see_usage');
  const view = await drawSchedules(ctx, person);
  await client.views.update({ view_id: of.parentId, view }).catch((error: unknown) => {
    ctx.log.debug({ err: error }, 'the list of scheduled exports was closed before it could be drawn again');
  });
}

async function drawSchedules(ctx: SlackContext, person: Person): Promise<ModalView> {
  return schedulesView(await listSchedules(ctx.db, person), person, dayNamer(ctx, person));
}

function dayNamer(ctx: SlackContext, person: Person): (at: Date) => string {
  const { timeZone, now } = viewerOf(ctx, person);
  return (at) => formatDay(at, timeZone, now);
}

function readScheduleForm(values: unknown): ScheduleChoice | { errors: Record<string, string> } {
  const held = state.safeParse(values).data ?? {};
  const of = (id: string) => held[id]?.[id];
  const listOf = (id: string) => (of(id)?.selected_options ?? []).map(({ value }) => value);
  const toUserId = of(field.schedulePerson)?.selected_user ?? null;
  const toChannel = of(field.scheduleChannel)?.selected_conversation ?? null;
  if (toUserId === null && toChannel === null) return { errors: { [field.schedulePerson]: copy.oneTarget } };
  if (toUserId !== null && toChannel !== null) return { errors: { [field.scheduleChannel]: copy.notBoth } };
  return {
    every: of(field.scheduleEvery)?.selected_option?.value === 'month' ? 'month' : 'week',
    toUserId,
    toChannel,
    officeIds: listOf(field.scheduleOffices).flatMap((id) => (/^\d{1,18}$/.test(id) ? [BigInt(id)] : [])),
    categories: listOf(field.scheduleKinds).filter((kind) => kind in kindNames),
  };
}
