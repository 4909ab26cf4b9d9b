/** Slack's side of a command: signs `/credits` of many people, sends it, and looks how long the acknowledgement takes. */
import { createHmac } from 'node:crypto';
import { Agent } from 'node:http';
import { answerParent } from '../fork-process.ts';
import { post } from '../post.ts';
import { sendOnTime, sharedNow } from '../send-on-time.ts';

/** Where commands go, and whose they are. */
interface Addressee {
  port: number;
  signingSecret: string;
  teamId: string;
  userIds: readonly string[];
  /** Below which commands are answered: `<replyUrl>/<name>-<number>`. */
  replyUrl: string;
  name: string;
}

/** A command, with moments of `sharedNow`; one that is refused is acknowledged never. */
export interface Acked {
  plannedAt: number;
  ackedAt: number;
}

/** How many commands were acknowledged, and in how long. */
export interface Race {
  acked: number;
  tookMs: number;
}

const agent = new Agent({ keepAlive: true });

const handlers = {
  /** Sends `count` with so many in flight. */
  race: async (of: Addressee & { count: number; inFlight: number }): Promise<Race> => {
    const startedAt = sharedNow();
    let next = 0;
    let acked = 0;
    const sendNext = async (): Promise<void> => {
      while (next < of.count) {
        next += 1;
        if (await isAcked(of, next - 1)) acked += 1;
      }
    };
    await Promise.all(Array.from({ length: of.inFlight }, sendNext));
    return { acked, tookMs: sharedNow() - startedAt };
  },
  /** Sends so many a second, each at its time. */
  onTime: async (of: Addressee & { perSecond: number; seconds: number }): Promise<Acked[]> => {
    const acked: Acked[] = [];
    await sendOnTime(of, async (number, plannedAt) => {
      const isDone = await isAcked(of, number);
      acked[number] = { plannedAt, ackedAt: isDone ? sharedNow() : Number.POSITIVE_INFINITY };
    });
    return acked;
  },
};

/** Whether it is, which is all that Slack asks: a person whose command is not sees an error. */
async function isAcked(
  { port, signingSecret, teamId, userIds, replyUrl, name }: Addressee,
  number: number,
): Promise<boolean> {
  const body = new URLSearchParams({
    token: 'verification-tokens-are-not-used',
    team_id: teamId,
    team_domain: 'bench',
    channel_id: 'C0GENERAL',
    channel_name: 'general',
    user_id: userIds[number % userIds.length] ?? '',
    user_name: 'bench',
    command: '/credits',
    text: '',
    api_app_id: 'A0BENCH',
    is_enterprise_install: 'false',
    response_url: `${replyUrl}/${name}-${number}`,
    trigger_id: `${number}.${name}`,
  }).toString();
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
  const sent = post({
    agent,
    port,
    path: '/slack/events',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': `v0=${signature}`,
    },
  });
  return await sent.then(
    () => true,
    () => false,
  );
}

export type CommandProcess = typeof handlers;
answerParent(handlers);
