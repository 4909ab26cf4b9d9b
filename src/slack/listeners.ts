import type { ModalView } from '@slack/types';
import { onCredits } from './commands/credits-command.ts';
import { features } from './features.ts';
import type { Feature } from './kit/feature.ts';
import { LINKS } from './links.ts';

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
  ignoredActions: [LINKS.openLink],
  submissions: collect(({ submissions }) => submissions),
  afterSubmissions: collect(({ afterSubmissions }) => afterSubmissions),
  suggestions: collect(({ suggestions }) => suggestions),
  events: ['app_home_opened', 'app_uninstalled', 'tokens_revoked'],
} as const;

/** What only shows something, or opens a form; before everything else Slack is asked about the person (R30). */
export const READ_ONLY: ReadonlySet<string> = new Set(features.flatMap(({ readOnly }) => readOnly ?? []));

/** What asks for files of what people may see anyway; it goes on in a company that is suspended or closed. */
export const ONLY_READS: ReadonlySet<string> = new Set(features.flatMap(({ reads }) => reads ?? []));

/** The modal in which the answer to a button or a form of a modal stands where it is a text only, by the id. */
export const textModals: Readonly<Record<string, (text: string) => ModalView>> = collect(
  ({ viewActions = {}, submissions = {}, textModal }) =>
    textModal === undefined
      ? {}
      : Object.fromEntries(
          [...Object.keys(viewActions), ...Object.keys(submissions)].map((id) => [id, textModal]),
        ),
);
