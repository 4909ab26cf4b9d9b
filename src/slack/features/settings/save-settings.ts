import {
  findSettingsDraft,
  forecastPeriods,
  keyOfSetting,
  reviewSettings,
  type Setting,
  type SettingFault,
  saveSettings,
} from '../../../billing/index.ts';
import { hasCode } from '../../../errors.ts';
import type { SlackContext } from '../../kit/context.ts';
import { IDS } from '../../ids.ts';
import { readerOf } from '../purchase/open-purchase.ts';
import type { Submission, SubmitAnswer } from '../purchase/review-and-confirm.ts';
import { settingsWords as words } from '../../copy/index.ts';
import { areAlertsMany, blockOf, isAlert, settingsForm, settingsSaid } from './settings-form.ts';
import { readSettingsForm } from './read-settings-form.ts';
import { requireSettingsKeeper } from '../../access/require-settings-manager.ts';
import { tryChannels } from './try-channels.ts';

/** Saves what was changed, all or nothing. What is wrong is told on its field; what is outdated in the window. */
export async function submitSettings(ctx: SlackContext, submission: Submission): Promise<SubmitAnswer> {
  const { who, token } = submission;
  const person = await requireSettingsKeeper(ctx, who);
  try {
    const { settings } = await findSettingsDraft(ctx, person, token);
    const read = readSettingsForm(submission.values, settings);
    if ('errors' in read) return { response_action: 'errors', errors: read.errors };
    const planned = await reviewSettings(ctx, person, token, read.wanted);
    const refused = await tryChannels(ctx, who, planned);
    if (refused.size > 0) {
      const errors = planned.flatMap((change) => {
        const sentence = refused.get(change.to ?? '');
        return sentence === undefined ? [] : [[blockOf(change), sentence]];
      });
      return { response_action: 'errors', errors: Object.fromEntries(errors) };
    }
    const done = await saveSettings(ctx, person, token, read.wanted);
    switch (done.outcome) {
      case 'faults':
        return { response_action: 'errors', errors: sayFaults(done.faults, done.draft.settings) };
      case 'stale': {
        const notice = words.stale(done.meanwhile, done.byUserId);
        return draw(settingsForm(done.draft, person.company, notice));
      }
      case 'saved': {
        const isCalendar = done.changes.some(({ field }) => field === 'time_zone' || field === 'billing_day');
        const periods = isCalendar ? await forecastPeriods(ctx, done.person) : [];
        return draw(settingsSaid(words.saved(done, periods, readerOf(ctx, done.person))));
      }
    }
  } catch (error) {
    if (hasCode(error, 'settings-unknown')) return draw(settingsSaid(words.outdated));
    throw error;
  }
}

function sayFaults(faults: readonly SettingFault[], settings: readonly Setting[]): Record<string, string> {
  return Object.fromEntries(
    faults.flatMap((fault) => {
      const setting = settings.find((each) => keyOfSetting(each) === fault.key);
      if (setting === undefined) return [];
      const isListed = !(isAlert(setting) && areAlertsMany(settings));
      return [[isListed ? blockOf(setting) : IDS.field.alertLevel, words.fault(fault)]];
    }),
  );
}

function draw(view: ReturnType<typeof settingsSaid>): SubmitAnswer {
  return { response_action: 'update', view };
}
