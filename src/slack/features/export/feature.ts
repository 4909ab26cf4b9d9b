import { exportCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
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
  viewActions: { [IDS.action.exportPeriod]: choosePeriod },
  submissions: { [IDS.view.exportForm]: submitExport },
  suggestions: {
    [IDS.view.exportForm]: {
      [IDS.field.exportPeople]: suggestExportPeople,
      [IDS.field.exportOffices]: suggestExportOffices,
    },
  },
  readOnly: [LINKS.usageExportOpen, IDS.action.exportPeriod],
  reads: [IDS.view.exportForm, IDS.action.exportCancel],
  textModal: exportText,
} satisfies Feature;
