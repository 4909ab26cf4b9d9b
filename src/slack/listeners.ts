import type { ModalView } from '@slack/types';
import { onCredits } from './commands/credits-command.ts';
import { features } from './features.ts';
import type { Feature } from './kit/feature.ts';
import { LINK_IDS } from './links.ts';

/** One table of what the features register; a test keeps two of them from registering the same id. */
function collect<Entry>(
  pick: (feature: Feature) => Readonly<Record<string, Entry>> | undefined,
): Record<string, Entry> {
  return Object.fromEntries(features.flatMap((feature) => Object.entries(pick(feature) ?? {})));
}

/** Every id that Slack may send, and what answers it. Nothing is registered anywhere else. */
export const listeners = {
  commands: { '/credits': onCredits },
  messageActions: collect(({ messageActions }) => messageActions),
  claimActions: collect(({ claimActions }) => claimActions),
  viewActions: collect(({ viewActions }) => viewActions),
  /** Clicks that need no answer. */
  ignoredActions: [LINK_IDS.openLink],
  submissions: collect(({ submissions }) => submissions),
  afterSubmissions: collect(({ afterSubmissions }) => afterSubmissions),
  suggestions: collect(({ suggestions }) => suggestions),
  events: ['app_home_opened', 'app_uninstalled', 'tokens_revoked'],
} as const;

/** The ids that only show something or open a form. For every other id Slack is asked first whether the person is active (R30.9). */
export const READ_ONLY_IDS: ReadonlySet<string> = new Set(features.flatMap(({ readOnly }) => readOnly ?? []));

/** The ids that ask for files of what people may see anyway: they still work in a company that is suspended or closed (R30.11). */
export const ALLOWED_WHILE_SUSPENDED_IDS: ReadonlySet<string> = new Set(
  features.flatMap(({ allowedWhileSuspended }) => allowedWhileSuspended ?? []),
);

/** The modal in which the answer to a button or a form of a modal stands where it is a text only, by the id. */
export const textModals: Readonly<Record<string, (text: string) => ModalView>> = collect(
  ({ viewActions = {}, submissions = {}, textModal }) =>
    textModal === undefined
      ? {}
      : Object.fromEntries(
          [...Object.keys(viewActions), ...Object.keys(submissions)].map((id) => [id, textModal]),
        ),
);
