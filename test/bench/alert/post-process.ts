/** The baseline: a process that posts a message to Slack by the client that Refill uses, and does nothing else. */
import { WebClient } from '@slack/web-api';
import { answerParent } from '../fork-process.ts';
import { sendOnTime } from '../send-on-time.ts';

interface Posting {
  slackPort: number;
  botToken: string;
  /** Channels in turns, none of which anything else is posted in. */
  channels: readonly string[];
  /** The message; a number is put before its text, by which it is found again. */
  text: string;
  blocks: string;
  perSecond: number;
  seconds: number;
}

const handlers = {
  /** Posts at planned times; returns these by number, as moments of `sharedNow`. */
  onTime: async (of: Posting): Promise<number[]> => {
    const client = new WebClient(of.botToken, {
      slackApiUrl: `http://127.0.0.1:${of.slackPort}/api/`,
      retryConfig: { retries: 0 },
    });
    const blocks = JSON.parse(of.blocks) as [];
    const planned: number[] = [];
    await sendOnTime(of, async (number, plannedAt) => {
      planned[number] = plannedAt;
      const channel = of.channels[number % of.channels.length] ?? '';
      const message = { channel, text: `${number} ${of.text}`, blocks, unfurl_links: false };
      // What is not posted is not found at Slack's side, which counts as for ever.
      await client.chat.postMessage(message).catch(() => undefined);
    });
    return planned;
  },
};

export type PostProcess = typeof handlers;
answerParent(handlers);
