import { exportCopy, scheduleCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { message } from '../../kit/notice-message.ts';
import { LINKS } from '../../links.ts';
import { cancelExportClick } from './cancel-export.ts';
import { exportText } from './export-form.ts';
import { IDS } from './ids.ts';
import {
  choosePeriod,
  openExport,
  openExportClick,
  suggestExportOffices,
  suggestExportPeople,
} from './open-export.ts';
import { submitExport } from './request-export.ts';
import {
  endScheduleClick,
  openScheduleForm,
  openSchedules,
  submitSchedule,
  suggestScheduleOffices,
  updateSchedules,
} from './schedules.ts';

export const usageExport = {
  commands: [
    {
      word: 'export',
      help: [
        { for: 'see_usage', text: exportCopy.help },
        { for: 'see_usage', text: exportCopy.helpWithPeriod },
      ],
      async run(ctx, { client, who, triggerId, channel, rest }) {
        await openExport(ctx, client, who, { triggerId, channel, fill: { typed: rest.plain } });
        return null;
      },
    },
  ],
  messageActions: {
    [LINKS.usageExportOpen]: openExportClick,
    [IDS.action.exportCancel]: cancelExportClick,
  },
  viewActions: {
    [IDS.action.exportPeriod]: choosePeriod,
    [LINKS.schedulesOpen]: openSchedules,
    [IDS.action.scheduleAdd]: openScheduleForm,
    [IDS.action.scheduleEnd]: endScheduleClick,
  },
  submissions: { [IDS.view.exportForm]: submitExport, [IDS.view.scheduleForm]: submitSchedule },
  afterSubmissions: { [IDS.view.scheduleForm]: updateSchedules },
  suggestions: {
    [IDS.view.exportForm]: {
      [IDS.field.exportPeople]: suggestExportPeople,
      [IDS.field.exportOffices]: suggestExportOffices,
    },
    [IDS.view.scheduleForm]: { [IDS.field.scheduleOffices]: suggestScheduleOffices },
  },
  readOnly: [LINKS.usageExportOpen, IDS.action.exportPeriod, LINKS.schedulesOpen, IDS.action.scheduleAdd],
  reads: [IDS.view.exportForm, IDS.action.exportCancel],
  notices: { export_schedule: (facts) => message(scheduleCopy.ended(facts)) },
  textModal: exportText,
} satisfies Feature;
