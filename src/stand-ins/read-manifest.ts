import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { SlashHint } from './local-workspace/protocol.ts';

const manifest = z.object({
  features: z.object({
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

/** What a workspace learns from an app's manifest: its commands, its token's scopes, the events it listens to. */
export function readManifestFile(): { slash: SlashHint[]; botScopes: string[]; events: string[] } {
  const { features, oauth_config, settings } = manifest.parse(parse(readFileSync(MANIFEST, 'utf8')));
  return {
    slash: features.slash_commands.map((command) => ({
      command: command.command,
      usageHint: command.usage_hint,
      description: command.description,
      shouldEscape: command.should_escape,
    })),
    botScopes: oauth_config.scopes.bot,
    events: settings.event_subscriptions?.bot_events ?? [],
  };
}
