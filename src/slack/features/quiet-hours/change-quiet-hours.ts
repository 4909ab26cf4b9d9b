import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { changeQuietHours, judgeQuietHours, type QuietHoursFault } from '../../../billing/index.ts';
import { decodeQuietHours, type QuietHours, readQuietHours } from '../../../notices/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { quietHoursCopy as copy } from '../../copy/index.ts';
import type { ViewClick } from '../../kit/click.ts';
import type { SlackContext } from '../../kit/context.ts';
import { type Submission, type SubmitAnswer, showErrors, showView } from '../../kit/submission.ts';
import { IDS } from './ids.ts';
import { quietForm, quietText } from './quiet-form.ts';

const { field } = IDS;
const element = z.object({
  selected_option: z.object({ value: z.string().max(100) }).nullish(),
  selected_options: z.array(z.object({ value: z.string().max(10) })).nullish(),
  selected_time: z.string().max(10).nullish(),
});
const state = z.record(z.string(), z.record(z.string(), element));

/** Which field a fault stands in, and its sentence. */
const FAULTS: Readonly<Record<QuietHoursFault, [field: string, sentence: string]>> = {
  'from-missing': [field.quietFrom, copy.timeMissing],
  'to-missing': [field.quietTo, copy.timeMissing],
  'same-time': [field.quietTo, copy.sameTime],
  'day-missing': [field.quietDays, copy.dayMissing],
  'zone-unknown': [field.quietZone, copy.zoneUnknown],
};

/** [Change quiet hours] in the settings: on top of them. */
export async function openQuietHours(ctx: SlackContext, client: WebClient, click: ViewClick): Promise<void> {
  const { company } = await requireRight(ctx, click.who, 'change_sharing');
  const view = quietForm(await readQuietHours(ctx.db, company.id), company.timeZone);
  await client.views.push({ trigger_id: click.triggerId, view });
}

/** Saves them. What is wrong is shown on its field. */
export async function submitQuietHours(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const person = await requireRight(ctx, submission.who, 'change_sharing');
  const wanted = readQuietForm(submission.values);
  const faults = wanted === null ? [] : judgeQuietHours(wanted);
  if (faults.length > 0) return showErrors(Object.fromEntries(faults.map((fault) => FAULTS[fault])));
  const shown = decodeQuietHours(submission.token);
  const { outcome, hours } = await changeQuietHours(ctx, person, { shown, wanted });
  if (outcome === 'stale') return showView(quietForm(hours, person.company.timeZone, copy.stale));
  return showView(quietText(outcome === 'saved' ? copy.saved(hours) : copy.unchanged));
}

/** What was entered; null: off. */
function readQuietForm(values: unknown): QuietHours | null {
  const held = state.safeParse(values).data ?? {};
  const of = (id: string) => held[id]?.[id];
  if (of(field.quietOn)?.selected_option?.value !== 'on') return null;
  const days = (of(field.quietDays)?.selected_options ?? []).map(({ value }) => Number(value));
  return {
    from: of(field.quietFrom)?.selected_time ?? '',
    to: of(field.quietTo)?.selected_time ?? '',
    days: [1, 2, 3, 4, 5, 6, 7].filter((day) => days.includes(day)),
    timeZone: of(field.quietZone)?.selected_option?.value ?? '',
  };
}
