import {
  findSettingsDraft,
  forecastPeriods,
  keyOfSetting,
  reviewSettings,
  type Setting,
  type SettingFault,
  saveSettings,
} from '../../../billing/index.ts';
import { readQuietHours } from '../../../notices/index.ts';
import { requireRight } from '../../access/require-person.ts';
import { settingsCopy as copy } from '../../copy/index.ts';
import type { SlackContext } from '../../kit/context.ts';
import { type Submission, type SubmitAnswer, showErrors, showView } from '../../kit/submission.ts';
import { viewerOf } from '../../kit/viewer.ts';
import { describeRefusal } from '../../refusals.ts';
import { IDS } from './ids.ts';
import { readSettingsForm } from './read-settings-form.ts';
import { areAlertsMany, blockOf, isAlert, settingsForm, settingsText } from './settings-form.ts';
import { tryChannels } from './try-channels.ts';

/** Saves what was changed, all or nothing. What is wrong is shown on its field; what is outdated in the modal. */
export async function submitSettings(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const { who, token } = submission;
  const person = await requireRight(ctx, who, 'change_settings');
  try {
    const { settings } = await findSettingsDraft(ctx, person, token);
    const read = readSettingsForm(submission.values, settings);
    if ('errors' in read) return showErrors(read.errors);
    const planned = await reviewSettings(ctx, person, token, read.wanted);
    const refused = await tryChannels(ctx, who, planned);
    if (refused.size > 0) {
      const errors = planned.flatMap((change) => {
        const sentence = refused.get(change.to ?? '');
        return sentence === undefined ? [] : [[blockOf(change), sentence]];
      });
      return showErrors(Object.fromEntries(errors));
    }
    const done = await saveSettings(ctx, person, token, read.wanted);
    switch (done.outcome) {
      case 'faults':
        return showErrors(sayFaults(done.faults, done.draft.settings));
      case 'stale': {
        const notice = copy.stale(done.meanwhile, done.byUserId);
        const hours = await readQuietHours(ctx.db, person.company.id);
        return showView(settingsForm(done.draft, person.company, hours, notice));
      }
      case 'saved': {
        const isCalendar = done.changes.some(({ field }) => field === 'time_zone' || field === 'billing_day');
        const periods = isCalendar ? await forecastPeriods(ctx, done.person) : [];
        return showView(settingsText(copy.saved(done, periods, viewerOf(ctx, done.person))));
      }
    }
  } catch (error) {
    const sentence = describeRefusal('settings', error);
    if (sentence === null) throw error;
    return showView(settingsText(sentence));
  }
}

function sayFaults(faults: readonly SettingFault[], settings: readonly Setting[]): Record<string, string> {
  return Object.fromEntries(
    faults.flatMap((fault) => {
      const setting = settings.find((each) => keyOfSetting(each) === fault.key);
      if (setting === undefined) return [];
      const isListed = !(isAlert(setting) && areAlertsMany(settings));
      return [[isListed ? blockOf(setting) : IDS.field.alertLevel, copy.fault(fault)]];
    }),
  );
}
