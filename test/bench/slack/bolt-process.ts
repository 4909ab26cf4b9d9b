/** The baseline: Bolt with one command that is acknowledged and nothing else, on the receiver that Refill uses. */
import type { AddressInfo } from 'node:net';
import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import { answerParent } from '../fork-process.ts';

const handlers = {
  /** Listens on a port of this machine. */
  listen: async (of: { signingSecret: string; botToken: string; slackPort: number }): Promise<number> => {
    const receiver = new HTTPReceiver({ signingSecret: of.signingSecret, logLevel: LogLevel.ERROR });
    const app = new App({
      token: of.botToken,
      receiver,
      logLevel: LogLevel.ERROR,
      clientOptions: { slackApiUrl: `http://127.0.0.1:${of.slackPort}/api/` },
    });
    app.command('/credits', async ({ ack }) => await ack());
    const server = await app.start({ port: 0, host: '127.0.0.1' });
    return (server as { address(): AddressInfo }).address().port;
  },
};

export type BoltProcess = typeof handlers;
answerParent(handlers);
