import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MINUTE_MS, SECOND_MS } from '../../../src/durations.ts';
import { buildApp, type SourceBreakage } from '../../support/compiled-app/start-compiled-app.ts';
import { runRefill } from '../../support/run-refill.ts';
import { BUYERS, buyWhile } from '../crash/buy.ts';
import { type Stage, setStage } from '../crash/stage.ts';
import { Caller } from '../holds/caller.ts';
import { chanceOf } from '../simulate/chance.ts';
import { startBalancer } from './balancer.ts';
import { Calm } from './calm.ts';
import { type Compared, checkBooks } from './check-books.ts';
import { playFaults } from './faults.ts';
import { Fleet } from './fleet.ts';
import { buildOldVersion } from './old-version.ts';
import { type OwnServer, startOwnServer } from './own-server.ts';
import { PhoneSystem } from './phone-system.ts';
import { untilAtRest } from './until-at-rest.ts';
import { exportWhile, rechargeOnce } from './use-slack.ts';
import { type QueueWaits, watchQueue } from './watch-queue.ts';

const LANES = 2;
const BUYERS_PAUSE_MS = 1_500;
const REST_WITHIN_MS = 3 * MINUTE_MS;
/** More than all holds of a run keep back and cost. */
const CREDITS = '9000';

export interface FleetRunOptions {
  seconds: number;
  killEverySeconds: number;
  restarts: number;
  seed: number;
  oldCommit: string | null;
  breakage: SourceBreakage | undefined;
  /** A database of the stand-ins, on a server that is never restarted. */
  sandboxUrl: string;
  onProgress: (line: string) => void;
}

export interface FleetReport extends Compared, QueueWaits {
  kills: number;
  sent: number;
  holds: number;
  purchases: number;
  recharges: number;
  exports: number;
  retries: number;
  longestAnswerMs: number;
  refusal: string | null;
  errors: Map<string, number>;
}

/** Two web processes and two workers under a mixed load, killed and started again, while their database server is restarted. */
export async function runFleet(options: FleetRunOptions): Promise<FleetReport> {
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const folder = await mkdtemp(path.join(tmpdir(), 'refill-fleet-'));
    closing.push(() => rm(folder, { recursive: true, force: true }));
    await buildApp();
    const old = options.oldCommit === null ? null : await buildOldVersion(options.oldCommit);
    closing.push(async () => old?.close());
    const server = await startOwnServer();
    closing.push(server.close);
    const stage = await setStage({ app: server.url, sandbox: options.sandboxUrl }, undefined);
    closing.push(stage.close);
    const key = await furnish(stage);
    const calm = new Calm();
    const fleet = await Fleet.start({
      env: stage.env,
      folder,
      oldRoot: old?.root ?? null,
      breakage: options.breakage,
      calm,
    });
    closing.push(() => fleet.stop());
    const balancer = await startBalancer(Number(new URL(stage.appUrl).port), fleet.webPorts);
    closing.push(balancer.close);
    return await play({ stage, fleet, server, calm, key }, options);
  } finally {
    for (const close of closing.toReversed()) await close();
  }
}

interface Scene {
  stage: Stage;
  fleet: Fleet;
  server: OwnServer;
  calm: Calm;
  /** Of the company's phone system. */
  key: string;
}

async function play(scene: Scene, options: FleetRunOptions): Promise<FleetReport> {
  const { stage, fleet, server, calm } = scene;
  const { db } = stage;
  const { id: companyId } = await db.company.findFirstOrThrow();
  const urls = fleet.webPorts.map((port) => `http://127.0.0.1:${port}`);
  const caller = new Caller(urls, scene.key);
  let isOver = false;
  const isOn = (): boolean => !isOver;
  const chance = chanceOf(options.seed);
  const phones = new PhoneSystem({ caller, chance: chanceOf(chance.between(0, 1e9)), calm, isOn });
  const watch = watchQueue(db, calm);
  let purchases = 0;
  const onClaim = (): void => {
    purchases += 1;
  };
  const load = Promise.all([
    ...Array.from({ length: LANES }, (_, lane) => phones.post(`usage-${lane}`)),
    ...Array.from({ length: LANES }, (_, lane) => phones.call(`call-${lane}`)),
    ...BUYERS.map((user) => buyWhile(stage, user, { onClaim, isOn, pauseMs: BUYERS_PAUSE_MS })),
    exportWhile(stage, isOn),
    rechargeOnce(stage, isOn),
  ]);
  // Awaited at the end; a failure before that must not end the process.
  load.catch(() => undefined);
  const { seconds, killEverySeconds, restarts, onProgress } = options;
  const startedAt = performance.now();
  const tell = (what: string): void =>
    onProgress(`${((performance.now() - startedAt) / SECOND_MS).toFixed(1)} s: ${what}`);
  const { nextPassage } = stage;
  await playFaults({
    nextPassage,
    fleet,
    server,
    calm,
    chance,
    seconds,
    killEverySeconds,
    restarts,
    onFault: tell,
  });
  isOver = true;
  tell('no more faults');
  await load;
  tell('no more load');
  const left = await untilAtRest(db, REST_WITHIN_MS);
  const waits = await watch.stop();
  const ended = fleet.ended.map((name) => `${name} ended by itself`);
  await fleet.stop();
  tell('at rest');
  const compared = await checkBooks(stage, companyId, phones);
  const unfinished = left.map((what) => `not at rest: ${what}`);
  return {
    ...compared,
    ...waits,
    kills: fleet.kills,
    sent: phones.sent,
    holds: phones.played.length,
    purchases,
    recharges: await db.purchaseOrder.count({
      where: { state: 'settled', rechargeWalletId: { not: null } },
    }),
    exports: await db.usageExport.count({ where: { state: 'done' } }),
    retries: caller.retries,
    longestAnswerMs: phones.longestAnswerMs,
    refusal: fleet.refusal,
    errors: await fleet.countErrors(),
    faults: [...phones.faults, ...compared.faults, ...unfinished, ...ended],
  };
}

/** Credits for the holds, and a key of the phone system. */
async function furnish({ env }: Stage): Promise<string> {
  const company = ['--company', 'Acme Corp'];
  const refill = async (args: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await runRefill([...args, ...company], env);
    if (status !== 0) throw new Error(`refill ${args.slice(0, 2).join(' ')} failed: ${stderr}${stdout}`);
    return stdout;
  };
  await refill(['credit', 'grant', '--office', 'New York', '--amount', CREDITS, '--reason', 'proof']);
  const scopes = ['--scope', 'holds:write', '--scope', 'usage:write'];
  const made = await refill([
    'api-key',
    'create',
    '--name',
    'proof',
    ...scopes,
    '--capture',
    'posts',
    '--json',
  ]);
  return /rk_[\w-]+/.exec(made)?.[0] ?? 'none';
}
