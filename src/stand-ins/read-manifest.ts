import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { SlashHint } from './local-workspace/protocol.ts';

const manifest = z.object({
  display_information: z.object({ description: z.string(), long_description: z.string().optional() }),
  features: z.object({
    app_home: z.object({ messages_tab_read_only_enabled: z.boolean().default(false) }).optional(),
    slash_commands: z.array(
      z.object({
        command: z.string(),
        usage_hint: z.string().default(''),
        description: z.string(),
        should_escape: z.boolean().default(false),
      }),
    ),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({
    event_subscriptions: z.object({ bot_events: z.array(z.string()).default([]) }).optional(),
  }),
});

const MANIFEST = new URL('../../manifest.yml', import.meta.url);

/** What a workspace learns from an app's manifest. */
export interface AppManifest {
  slash: SlashHint[];
  /** Event types that the app subscribes to. */
  events: string[];
  description: string;
  /** Whether people cannot write in the app's own conversation. */
  isMessagesReadOnly: boolean;
}

/** Reads manifest.yml: what the workspace shows of the app, and the scopes of its token. */
export function readManifestFile(): AppManifest & { botScopes: string[] } {
  const { display_information, features, oauth_config, settings } = manifest.parse(
    parse(readFileSync(MANIFEST, 'utf8')),
  );
  return {
    slash: features.slash_commands.map((command) => ({
      command: command.command,
      usageHint: command.usage_hint,
      description: command.description,
      shouldEscape: command.should_escape,
    })),
    description: display_information.long_description ?? display_information.description,
    isMessagesReadOnly: features.app_home?.messages_tab_read_only_enabled ?? false,
    botScopes: oauth_config.scopes.bot,
    events: settings.event_subscriptions?.bot_events ?? [],
  };
}
