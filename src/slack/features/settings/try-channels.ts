import type { SettingChange } from '../../../billing/index.ts';
import type { SlackContext, Who } from '../../kit/context.ts';
import { tryChannel } from '../../kit/try-channel.ts';

/**
 * Whether Refill can post in the channels that are to be chosen, by posting there what only the chooser sees: no right
 * to read channels is needed for it. Returns the sentence for each that cannot be chosen, by channel.
 */
export async function tryChannels(
  ctx: SlackContext,
  who: Who,
  changes: readonly SettingChange[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = changes.flatMap(({ field, to }) =>
    field.startsWith('channel_') && to !== null ? [to] : [],
  );
  const refused = await Promise.all(
    [...new Set(wanted)].map(async (channel) => [channel, await tryChannel(ctx, who, channel)] as const),
  );
  return new Map(refused.flatMap(([channel, sentence]) => (sentence === null ? [] : [[channel, sentence]])));
}
