/**
 * How soon `/credits` is acknowledged, against a Bolt app that does nothing else: `npm run bench:slack`. First as many as there
 * can be, then 200 a second beside 1,000 usages a second. The app runs as in production, and every other part is a process of
 * its own. `--quick` takes a tenth of the time; `--profile FOLDER` keeps a profile of the app's processor time.
 */
import { setTimeout as after } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../../../src/clock.ts';
import { type Closing, closeAll, type Database } from '../database.ts';
import { type Figure, median, printFigures, quantile } from '../figures.ts';
import type { LiveCompany } from '../live/open-company.ts';
import { errorsOf, showQuantiles, showUsage } from '../live/report.ts';
import { NODE_OPTIONS, SIGNING_SECRET } from '../live/start-app.ts';
import { startLiveParts, startPart } from '../live/start-parts.ts';
import type { PostedUsage } from '../live/usage-process.ts';
import type { BoltProcess } from './bolt-process.ts';
import type { Acked, CommandProcess, Race } from './command-process.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
});

const OFFICES = 10;
const PEOPLE = 100;
/** Commands of a race, and how many are in flight. */
const [COUNT, IN_FLIGHT] = [values.quick ? 160 : 640, 32];
const ROUNDS = values.quick ? 3 : 9;
const COMMANDS_PER_SECOND = 200;
const USAGE = { perSecond: 1_000, aRequest: 50 };
const SECONDS = values.quick ? 6 : 60;
const WARM_UP_SECONDS = values.quick ? 1 : 5;
const MAX_ANSWER_MS = 60_000;
const SHARES = [0.5, 0.99, 0.999];

/** 200 commands a second, beside the usage. */
interface Loaded {
  acked: Acked[];
  usage: PostedUsage;
  /** Processor time of the app, until it had answered. */
  cpuSeconds: number;
}

const closing: Closing = [];
try {
  const parts = await startLiveParts(closing, {
    companies: 1,
    offices: OFFICES,
    credits: '100000',
    profile: values.profile,
    prepare: appointAdmins,
  });
  const { slack, slackPort, app, phones } = parts;
  const [company] = parts.companies as [LiveCompany];
  const { botToken } = company;
  const bolt = startPart<BoltProcess>(closing, new URL('bolt-process.ts', import.meta.url), NODE_OPTIONS);
  const boltPort = await bolt.ask('listen', { signingSecret: SIGNING_SECRET, botToken, slackPort });
  const people = startPart<CommandProcess>(closing, new URL('command-process.ts', import.meta.url));

  let commands = 0;
  const addressee = (port: number, name: string) => ({
    port,
    signingSecret: SIGNING_SECRET,
    teamId: company.teamId,
    userIds: userIds(),
    replyUrl: `http://127.0.0.1:${slackPort}/reply`,
    name,
  });
  /** Waits until the app has answered what it acknowledged, so that the next part begins with an idle one. */
  const answered = async (): Promise<void> => {
    const until = performance.now() + MAX_ANSWER_MS;
    while ((await slack.ask('countReplies')) < commands && performance.now() < until) await after(20);
  };
  const race = async (name: string) => {
    const to = (port: number) =>
      people.ask('race', { ...addressee(port, name), count: COUNT, inFlight: IN_FLIGHT });
    const toApp = await to(app.port);
    commands += toApp.acked;
    await answered();
    return { toApp, toBolt: await to(boltPort) };
  };
  const underLoad = async (port: number, name: string, seconds: number): Promise<Loaded> => {
    const cpuBefore = await app.readCpuSeconds();
    const senders = [{ key: company.key, lines: company.lines }];
    const [acked, usage] = await Promise.all([
      people.ask('onTime', { ...addressee(port, name), perSecond: COMMANDS_PER_SECOND, seconds }),
      phones.ask('post', { port: app.port, senders, ...USAGE, seconds, name }),
    ]);
    if (port === app.port) commands += acked.filter(({ ackedAt }) => Number.isFinite(ackedAt)).length;
    await answered();
    return { acked, usage, cpuSeconds: (await app.readCpuSeconds()) - cpuBefore };
  };

  await race('warm-up');
  const rounds = [];
  for (let n = 0; n < ROUNDS; n += 1) rounds.push(await race(`race-${n}`));
  await underLoad(app.port, 'warm-up-of-load', WARM_UP_SECONDS);
  const ofApp = await underLoad(app.port, 'load', SECONDS);
  const ofBolt = await underLoad(boltPort, 'baseline', SECONDS);
  const { repliedAt } = await slack.ask('read');
  const answerMs = ofApp.acked.map(
    ({ plannedAt }, number) => (repliedAt[`load-${number}`] ?? Number.POSITIVE_INFINITY) - plannedAt,
  );
  printFigures(
    [...throughput(rounds), ...latency(ofApp, ofBolt), ...answers(answerMs, ofApp, ofBolt), errorsOf(app)],
    values.json,
  );
} finally {
  await closeAll(closing);
}

/** People who may see what their office has. */
async function appointAdmins({ db }: Database, { companyId, teamId, officeIds }: LiveCompany): Promise<void> {
  const at = systemClock.now();
  const admin = { companyId, teamId, role: 'office_admin', grantedBy: 'bench', grantedAt: at } as const;
  await db.roleAssignment.createMany({
    data: userIds().map((userId, n) => ({ ...admin, userId, officeId: officeIds[n % OFFICES] ?? null })),
  });
}

function userIds(): string[] {
  return Array.from({ length: PEOPLE }, (_, n) => `U0BENCH${n}`);
}

function throughput(races: readonly { toApp: Race; toBolt: Race }[]): Figure[] {
  const rate = ({ acked, tookMs }: Race): number => (acked * 1_000) / tookMs;
  const rounds = races.map(({ toApp, toBolt }) => ({ toApp: rate(toApp), toBolt: rate(toBolt) }));
  const ofApp = median(rounds.map(({ toApp }) => toApp));
  const ofBolt = median(rounds.map(({ toBolt }) => toBolt));
  return [
    {
      id: 'ackRate',
      value: median(rounds.map(({ toApp, toBolt }) => toApp / toBolt)),
      target: '>= 0.6',
      absolute: `${ofApp.toFixed(0)} acks/s against ${ofBolt.toFixed(0)}/s`,
    },
  ];
}

function latency(ofApp: Loaded, ofBolt: Loaded): Figure[] {
  const ackMs = ({ acked }: Loaded): number[] => acked.map(({ plannedAt, ackedAt }) => ackedAt - plannedAt);
  const [app, bolt] = [ackMs(ofApp), ackMs(ofBolt)];
  return [
    {
      id: 'ackP999Ms',
      value: quantile(app, 0.999),
      target: '<= 1000',
      absolute: `${showQuantiles(app, SHARES)}, ${showUsage(ofApp.usage)}`,
    },
    {
      id: 'ackP99',
      value: quantile(app, 0.99) / quantile(bolt, 0.99),
      target: '<= 3',
      absolute: `against ${showQuantiles(bolt, SHARES)}, ${showUsage(ofBolt.usage)}`,
    },
  ];
}

function answers(answerMs: readonly number[], ofApp: Loaded, ofBolt: Loaded): Figure[] {
  return [
    {
      id: 'answerP99Ms',
      value: quantile(answerMs, 0.99),
      target: '',
      absolute: `until the balance is there: ${showQuantiles(answerMs, SHARES)}`,
    },
    {
      id: 'commandCpuMs',
      value: (1_000 * (ofApp.cpuSeconds - ofBolt.cpuSeconds)) / ofApp.acked.length,
      target: '',
      absolute: 'processor time of the app for a command and its balance',
    },
  ];
}
