import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { SECOND_MS } from '../../durations.ts';

const MANIFEST = fileURLToPath(new URL('../../../manifest.yml', import.meta.url));
const SLACK_API_URL = 'https://slack.com/api/';
const CALL_TIMEOUT_MS = 10 * SECOND_MS;

const manifest = z.object({ oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }) });
const answered = z.looseObject({
  ok: z.boolean(),
  error: z.string().optional(),
  team: z.string().optional(),
  team_id: z.string().optional(),
});

/** What Slack says about a token. */
export interface SlackProbe {
  /** Null where Slack accepted it; `unreachable` where Slack did not answer as itself. */
  readonly refusal: string | null;
  readonly team: { id: string; name: string } | null;
  readonly scopes: readonly string[];
  /** Slack's clock when it answered. */
  readonly at: Date | null;
}

/** Asks Slack who the bot token belongs to (auth.test), which changes nothing there. */
export async function probeSlack(slack: {
  botToken: string;
  apiUrl: string | undefined;
}): Promise<SlackProbe> {
  const nothing = { team: null, scopes: [], at: null };
  try {
    const response = await fetch(new URL('auth.test', withSlash(slack.apiUrl ?? SLACK_API_URL)), {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.botToken}` },
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    const read = answered.safeParse(await response.json());
    if (!read.success) return { ...nothing, refusal: 'unreachable' };
    const date = response.headers.get('date');
    const { ok, error, team_id: id = '', team = '' } = read.data;
    return {
      refusal: ok ? null : (error ?? 'unknown_error'),
      team: ok ? { id, name: team } : null,
      scopes: (response.headers.get('x-oauth-scopes') ?? '').split(',').map((scope) => scope.trim()),
      at: date === null ? null : new Date(date),
    };
  } catch {
    return { ...nothing, refusal: 'unreachable' };
  }
}

/** The scopes that the app's manifest asks for. */
export function readManifestScopes(): string[] {
  return manifest.parse(parse(readFileSync(MANIFEST, 'utf8'))).oauth_config.scopes.bot;
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
