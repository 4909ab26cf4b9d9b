import { exportCopy, scheduleCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { message } from '../../kit/notice-message.ts';
import { LINK_IDS } from '../../links.ts';
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
    [LINK_IDS.usageExportOpen]: openExportClick,
    [IDS.action.exportCancel]: cancelExportClick,
  },
  viewActions: {
    [IDS.action.exportPeriod]: choosePeriod,
    [LINK_IDS.schedulesOpen]: openSchedules,
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
  readOnly: [
    LINK_IDS.usageExportOpen,
    IDS.action.exportPeriod,
    LINK_IDS.schedulesOpen,
    IDS.action.scheduleAdd,
  ],
  allowedWhileSuspended: [IDS.view.exportForm, IDS.action.exportCancel],
  notices: { export_schedule: (facts) => message(scheduleCopy.ended(facts)) },
  textModal: exportText,
} satisfies Feature;
