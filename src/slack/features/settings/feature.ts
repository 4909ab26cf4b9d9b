import { settingsCopy } from '../../copy/index.ts';
import type { Feature } from '../../kit/feature.ts';
import { LINK_IDS } from '../../links.ts';
import { IDS } from './ids.ts';
import { notices } from './notices.ts';
import { openSettings, showSettings, suggestAlerts } from './open-settings.ts';
import { submitSettings } from './save-settings.ts';
import { settingsText } from './settings-form.ts';

export const settings = {
  commands: [
    {
      word: 'settings',
      help: [{ for: 'change_settings', text: settingsCopy.help }],
      async run(ctx, { client, who, triggerId }) {
        await openSettings(ctx, client, who, triggerId);
        return null;
      },
    },
  ],
  messageActions: { [LINK_IDS.settingsOpen]: showSettings },
  submissions: { [IDS.view.settingsForm]: submitSettings },
  suggestions: { [IDS.view.settingsForm]: { [IDS.field.alertOf]: suggestAlerts } },
  readOnly: [LINK_IDS.settingsOpen],
  textModal: settingsText,
  notices,
} satisfies Feature;
