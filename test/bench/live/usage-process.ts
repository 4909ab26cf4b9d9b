/** The companies' phone systems: they post usage over HTTP, steadily, whatever else the app has to do. */
import { Agent } from 'node:http';
import { quantile } from '../figures.ts';
import { answerParent } from '../fork-process.ts';
import { post } from '../post.ts';
import { sendOnTime, sharedNow } from '../send-on-time.ts';

/** A company's key for the API, and the offices that it sends usage of, by their numbers. */
export interface Sender {
  key: string;
  lines: readonly string[];
}

export interface UsageLoad {
  port: number;
  senders: readonly Sender[];
  /** Records a second of all senders together, and how many of them one request has. */
  perSecond: number;
  aRequest: number;
  seconds: number;
  /** Begins the ids of the records: no two loads have the same. */
  name: string;
}

/** How it went: records posted a second, and how long a request took from its planned time. */
export interface PostedUsage {
  perSecond: number;
  p99Ms: number;
  /** Requests that were not answered, or with a refusal. */
  refused: number;
}

const agent = new Agent({ keepAlive: true });

const handlers = {
  post: async ({ port, senders, perSecond, aRequest, seconds, name }: UsageLoad): Promise<PostedUsage> => {
    const tookMs: number[] = [];
    let refused = 0;
    const startedAt = sharedNow();
    await sendOnTime({ perSecond: perSecond / aRequest, seconds }, async (number, plannedAt) => {
      const sender = senders[number % senders.length];
      if (sender === undefined) return;
      const body = JSON.stringify(texts(sender, aRequest, `${name}-${number}`));
      const headers = { authorization: `Bearer ${sender.key}`, 'content-type': 'application/json' };
      const answer = await post({ agent, port, path: '/v1/usage', body, headers }).catch(String);
      if (answer.split('"posted"').length - 1 === aRequest) tookMs.push(sharedNow() - plannedAt);
      else {
        if (refused === 0) process.stderr.write(`${answer.slice(0, 300)}\n`);
        refused += 1;
      }
    });
    const tookS = (sharedNow() - startedAt) / 1_000;
    const posted = tookMs.length * aRequest;
    return { perSecond: posted / tookS, p99Ms: quantile(tookMs, 0.99), refused };
  },
};

/** Texts to numbers in the United States, which cost $0.008 each by the sample rates. */
function texts({ lines }: Sender, count: number, name: string): object[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `${name}-${n}`,
    kind: 'sms',
    direction: 'outbound',
    external_number: `+1415556${String(n).padStart(4, '0')}`,
    internal_number: lines[n % lines.length],
    at: new Date().toISOString(),
  }));
}

export type UsageProcess = typeof handlers;
answerParent(handlers);
