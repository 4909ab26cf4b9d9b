/** From a usage that brings a wallet below its level to the message in the company's channel. */
import { Agent } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import type { Closing } from '../database.ts';
import { type Figure, quantile } from '../figures.ts';
import type { LiveCompany } from '../live/open-company.ts';
import { showQuantiles, showUsage } from '../live/report.ts';
import type { Message } from '../live/slack-process.ts';
import { type LiveParts, startPart } from '../live/start-parts.ts';
import { post } from '../post.ts';
import { sendOnTime, sharedNow } from '../send-on-time.ts';
import type { PostProcess } from './post-process.ts';

const USAGE = { perSecond: 1_000, aRequest: 20 };
/** Companies that are told before anything is measured. */
const WARM_UP = 2;
const MAX_ALERT_MS = 30_000;
const SHARES = [0.5, 0.99];
/** $7.50 by the sample rates: from more than $9 to less than the level of $5. */
const FAX_PAGES = 150;

/** A wallet, and when its usage was to be posted. */
interface Crossing {
  company: LiveCompany;
  office: number;
}

const agent = new Agent({ keepAlive: true });

/**
 * Brings every wallet below its level, so many a second, beside a thousand usages a second; between two of them a process of its
 * own posts the same message directly. Wallets of one channel follow each other seconds apart, so that Slack's own limit makes
 * nobody wait. Every alert is a message, or a line of the summary that takes the fourth of a channel within a minute.
 */
export async function measureAlerts(
  parts: LiveParts,
  closing: Closing,
  { seconds }: { seconds: number },
): Promise<Figure[]> {
  const { companies, app, slack, slackPort, phones } = parts;
  const poster = startPart<PostProcess>(closing, new URL('post-process.ts', import.meta.url));
  const [told, measured] = [companies.slice(0, WARM_UP), companies.slice(WARM_UP)];
  const senders = companies.map(({ key, lines }) => ({ key, lines }));
  for (const crossing of crossingsOf(told)) {
    await cross(app.port, crossing);
    await after(1_100);
  }
  const example = await findExample(parts);
  const crossings = crossingsOf(measured);
  const perSecond = crossings.length / seconds;
  const plannedAt: number[] = [];
  const [usage, posts] = await Promise.all([
    phones.ask('post', { port: app.port, senders, ...USAGE, seconds: seconds + 2, name: 'load' }),
    poster.ask('onTime', {
      slackPort,
      botToken: measured[0]?.botToken ?? '',
      channels: measured.map(({ channelId }) => `${channelId}-posts`),
      ...example,
      perSecond,
      seconds,
    }),
    sendOnTime({ perSecond, seconds }, async (number, planned) => {
      const crossing = crossings[number];
      if (crossing === undefined) return;
      plannedAt[number] = planned;
      // What is not posted is never told of, which counts as for ever.
      await cross(app.port, crossing).catch(() => undefined);
    }),
  ]);
  const until = sharedNow() + MAX_ALERT_MS;
  let arrivedAt = arrivals((await slack.ask('read')).messages, crossings);
  while (arrivedAt.includes(Number.POSITIVE_INFINITY) && sharedNow() < until) {
    await after(200);
    arrivedAt = arrivals((await slack.ask('read')).messages, crossings);
  }
  const { messages, refused } = await slack.ask('read');
  const alertMs = arrivedAt.map((at, number) => at - (plannedAt[number] ?? Number.NaN));
  const postMs = posts.map((planned, number) => {
    const found = messages.find(
      ({ channel, text }) => channel.endsWith('-posts') && text.startsWith(`${number} `),
    );
    return (found?.at ?? Number.POSITIVE_INFINITY) - planned;
  });
  return [
    {
      id: 'alertP50Ms',
      value: quantile(alertMs, 0.5),
      target: '<= 250',
      absolute: `${showQuantiles(alertMs, SHARES)}, ${showUsage(usage)}`,
    },
    {
      id: 'alertP99Ms',
      value: quantile(alertMs, 0.99),
      target: '<= 1000',
      absolute: `${refused} messages were refused as too many`,
    },
    {
      id: 'alert',
      value: quantile(alertMs, 0.5) / quantile(postMs, 0.5),
      target: '',
      absolute: `a bare post takes ${showQuantiles(postMs, SHARES)}`,
    },
  ];
}

/** Every office of every company, the companies in turns. */
function crossingsOf(companies: readonly LiveCompany[]): Crossing[] {
  const offices = companies[0]?.offices.length ?? 0;
  return Array.from({ length: offices }, (_, office) =>
    companies.map((company) => ({ company, office })),
  ).flat();
}

/** Posts the usage that brings the wallet below its level. */
async function cross(port: number, { company, office }: Crossing): Promise<void> {
  const record = {
    id: `crossing-${office}`,
    kind: 'fax',
    direction: 'outbound',
    external_number: '+14155560000',
    internal_number: company.lines[office],
    at: new Date().toISOString(),
    pages: FAX_PAGES,
  };
  const answer = await post({
    agent,
    port,
    path: '/v1/usage',
    body: JSON.stringify([record]),
    headers: { authorization: `Bearer ${company.key}`, 'content-type': 'application/json' },
  });
  if (!answer.includes('"posted"')) throw new Error(`the usage was not posted: ${answer}`);
}

/** A message as the app posts it. */
async function findExample({ slack, companies }: LiveParts): Promise<Pick<Message, 'text' | 'blocks'>> {
  const until = sharedNow() + MAX_ALERT_MS;
  while (sharedNow() < until) {
    const { messages } = await slack.ask('read');
    const found = messages.find(({ channel }) => channel === companies[0]?.channelId);
    if (found !== undefined) return { text: found.text, blocks: found.blocks };
    await after(200);
  }
  throw new Error('nobody was told of the first low balance');
}

/** When each crossing was first told of in its channel. */
function arrivals(messages: readonly Message[], crossings: readonly Crossing[]): number[] {
  return crossings.map(({ company, office }) => {
    const name = company.offices[office] ?? '';
    const found = messages.find(
      ({ channel, text, blocks }) =>
        channel === company.channelId && (text.includes(name) || blocks.includes(name)),
    );
    return found?.at ?? Number.POSITIVE_INFINITY;
  });
}
