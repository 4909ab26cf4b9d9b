import type { LiveConfig } from '../config.ts';
import { probeSlack, readManifestScopes } from '../slack/index.ts';
import { type Check, fault, notChecked, ok } from './check.ts';
import { judgeClock } from './judge-clock.ts';
import { judgeSignatures } from './judge-signatures.ts';

export interface SlackQuestion {
  readonly live: LiveConfig | undefined;
  readonly deliveries: ReadonlyMap<string, Date> | null;
  /** The business clock, against which deliveries were recorded. */
  readonly now: Date;
}

/** The token and its scopes, as Slack itself says; and when Slack last reached the app. */
export async function checkSlack({ live, deliveries, now }: SlackQuestion): Promise<Check[]> {
  if (live === undefined)
    return [notChecked('slack-token', 'The try-out brings a Slack workspace of its own.')];
  const askedAt = now;
  const probe = await probeSlack(live.slack);
  const how = 'asked Slack (auth.test)';
  if (probe.refusal === 'unreachable')
    return [
      notChecked(
        'slack-token',
        'Slack did not answer.',
        'Allow this machine to reach slack.com, then run this again.',
      ),
      ...judgeSlackDeliveries(live, deliveries, now),
    ];
  if (probe.refusal !== null)
    return [
      fault(
        'slack-token',
        `Slack refuses SLACK_BOT_TOKEN: ${probe.refusal}.`,
        how,
        'Copy the bot token anew from the app’s page, OAuth & Permissions.',
      ),
    ];
  const missing = readManifestScopes().filter((scope) => !probe.scopes.includes(scope));
  return [
    ok('slack-token', `SLACK_BOT_TOKEN belongs to ${probe.team?.name} (${probe.team?.id}).`, how),
    missing.length === 0
      ? ok('slack-scopes', 'The token has every scope of manifest.yml.', `${how}; compared with manifest.yml`)
      : fault(
          'slack-scopes',
          `The token lacks: ${missing.join(', ')}.`,
          `${how}; compared with manifest.yml`,
          'Update the app from manifest.yml and install it in the workspace again.',
        ),
    judgeClock('clock-slack', 'Slack', { ours: askedAt, theirs: probe.at }),
    ...judgeSlackDeliveries(live, deliveries, now),
  ];
}

function judgeSlackDeliveries(
  live: LiveConfig,
  deliveries: ReadonlyMap<string, Date> | null,
  now: Date,
): Check[] {
  if (deliveries === null) return [];
  return [
    judgeSignatures('slack-deliveries', {
      what: 'request from Slack',
      last: deliveries.get('slack'),
      refused: deliveries.get('slack_refused'),
      now,
      secret: live.slack.delivery.kind === 'http' ? 'SLACK_SIGNING_SECRET' : 'SLACK_APP_TOKEN',
      whereSecret: 'the app’s page, Basic Information',
      toTry: 'Type /credits in Slack, then run this again.',
    }),
  ];
}
