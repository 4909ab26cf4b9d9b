import { RefillError } from '../../errors.ts';
import { escapeText } from '../copy/mrkdwn.ts';
import type { SlackContext } from '../kit/context.ts';

/**
 * Posts a line to the operator's channel, which is in the workspace that the app is installed in. Throws RefillError
 * `workspace-unknown` where there is none yet, and what Slack refuses it with.
 */
export async function postToOperator(ctx: SlackContext, channelId: string, line: string): Promise<void> {
  const workspace = await ctx.db.workspace.findFirst({ orderBy: { installedAt: 'asc' } });
  if (workspace === null) throw new RefillError('workspace-unknown', 'No workspace is installed yet.');
  const client = await ctx.clientFor(workspace.teamId);
  await client.chat.postMessage({
    channel: channelId,
    text: `:wrench: ${escapeText(line)}`,
    unfurl_links: false,
  });
}
