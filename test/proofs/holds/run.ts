import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE_MS } from '../../../src/durations.ts';
import { findings } from '../../support/ledger.ts';
import { runRefill } from '../../support/run-refill.ts';
import { sabotageLedger } from '../../support/sabotage.ts';
import { type AppProcess, type Stage, setStage } from '../crash/stage.ts';
import { Caller, Unanswered } from './caller.ts';
import { compareWithBooks } from './compare-with-books.ts';
import { LIMITED, limitInSlack, untilNotified } from './limit.ts';
import { type Call, FATES, MICROS_A_MINUTE, type Played, playCall } from './play-call.ts';
import type { Breakage } from './sabotages.ts';
import { type Room, readRoom, watchRoom } from './watch-room.ts';

/** In each round, at once. */
const CALLS = { limited: 50, credited: 20 };
/** What a round adds to what the limited office may spend, and to the credits of the other: less than is asked for. */
const MINUTES_A_ROUND = 20;
const KILL_WITHIN_MS = 400;
const QUIET_WITHIN_MS = 60_000;
/** No hold of the proof lasts longer. */
const ALL_ARE_OVER_MS = 90 * MINUTE_MS;
/** Lines of the demo company's people: whose office it is follows from them. */
const LINES = { limited: '+12125550102', credited: '+14155550101' } as const;

export interface HoldsReport {
  kills: number;
  calls: number;
  granted: number;
  captured: number;
  /** Holds that a spending limit refused, and those that credits did. */
  overLimit: number;
  overCredits: number;
  expired: number;
  retries: number;
  looks: number;
  /** The period that limits count was another one at the end. */
  isOtherPeriod: boolean;
  faults: string[];
}

/** Has calls ask for holds, 50 at once of each of two offices, and end in every way, while the app is killed and started. */
export async function runHolds(options: {
  kills: number;
  breakage: Breakage | undefined;
  urls: { app: string; sandbox: string };
  onRound: (round: number) => void;
}): Promise<HoldsReport> {
  const stage = await setStage(options.urls, undefined);
  const run = new HoldsRun(stage, options);
  try {
    return await run.run();
  } finally {
    await run.end();
    await stage.close();
  }
}

class HoldsRun {
  readonly #stage: Stage;
  readonly #options: Parameters<typeof runHolds>[0];
  readonly #played: Played[] = [];
  readonly #faults: string[] = [];
  #app: AppProcess | undefined;
  #watch: ReturnType<typeof watchRoom> | undefined;

  constructor(stage: Stage, options: Parameters<typeof runHolds>[0]) {
    this.#stage = stage;
    this.#options = options;
  }

  async run(): Promise<HoldsReport> {
    const { kills, breakage, onRound } = this.#options;
    const { db } = this.#stage;
    this.#app = await this.#stage.startApp();
    await limitInSlack(this.#stage, minutes(MINUTES_A_ROUND));
    const { id: companyId } = await db.company.findFirstOrThrow();
    const rooms = await readRooms(this.#stage, companyId);
    const caller = new Caller([this.#stage.appUrl], await this.#createKey());
    await this.#refill('credit', 'grant', '--office', LIMITED, '--amount', '500', '--reason', 'proof');
    await this.#refill('endpoint', 'add', '--url', 'http://127.0.0.1:9/refill');
    const month = await readMonth(this.#stage);
    for (const one of breakage?.functions ?? []) await sabotageLedger(this.#options.urls.app, one);
    for (const sql of breakage?.sql ?? []) await db.$executeRawUnsafe(sql);
    this.#watch = watchRoom(db, companyId, rooms);
    for (let round = 1; round <= kills; round += 1) {
      await this.#playRound(caller, round);
      onRound(round);
    }
    const { looks, faults } = await this.#watch.stop();
    const expired = await this.#letExpire(companyId);
    const notified = await untilNotified(this.#stage, caller, {
      companyId,
      line: LINES.limited,
      limited: () => readRoom(db, companyId, rooms[0] as Room),
    });
    await this.#app.stop();
    const books = await compareWithBooks(db, companyId, this.#played);
    const broken = (await findings(db)).map(({ check, row }) => `verify: ${check} of ${row}`);
    this.#faults.push(...faults, ...notified, ...books, ...broken.slice(0, 5));
    return {
      kills,
      expired,
      looks,
      ...this.#count(caller),
      isOtherPeriod: month !== (await readMonth(this.#stage)),
      faults: this.#faults,
    };
  }

  /** Leaves nothing behind, also where it failed. */
  async end(): Promise<void> {
    await this.#watch?.stop();
    await this.#app?.kill();
  }

  /** Calls of both offices at once, and a kill while they are under way. */
  async #playRound(caller: Caller, round: number): Promise<void> {
    if (round > 1) {
      const most = minutes(MINUTES_A_ROUND * round);
      await this.#refill('limit', 'set', '--office', LIMITED, '--amount', most, '--reason', 'proof');
      await this.#refill(
        'credit',
        'grant',
        '--office',
        'San Francisco',
        '--amount',
        minutes(MINUTES_A_ROUND),
        '--reason',
        'proof',
      );
    }
    const before = caller.answers;
    const playing = Promise.all(drawCalls(round).map((call) => this.#play(caller, call)));
    while (caller.answers === before) await sleep(1);
    await sleep(Math.random() * KILL_WITHIN_MS);
    await this.#app?.kill();
    this.#app = await this.#stage.startApp();
    await playing;
  }

  async #play(caller: Caller, call: Call): Promise<void> {
    try {
      const played = await playCall(caller, call);
      this.#played.push(played);
      this.#faults.push(...played.faults);
    } catch (error) {
      if (error instanceof Unanswered) throw error;
      this.#faults.push(`${call.id} (${call.fate}): ${error instanceof Error ? error.message : error}`);
    }
  }

  /** The app is away until all holds are over; then what they kept is free again. Answers how many those were. */
  async #letExpire(companyId: bigint): Promise<number> {
    await this.#app?.kill();
    const { db } = this.#stage;
    this.#app = await this.#stage.startApp({ aheadMs: ALL_ARE_OVER_MS });
    const until = performance.now() + QUIET_WITHIN_MS;
    const isLeft = async () => (await db.hold.count({ where: { companyId, state: 'open' } })) > 0;
    while ((await isLeft()) && performance.now() < until) await sleep(100);
    if (await isLeft()) this.#faults.push('holds are open that are over');
    const wallets = await db.wallet.findMany({ where: { companyId } });
    for (const { id, heldCallsMicros: held } of wallets)
      if (held !== 0n) this.#faults.push(`wallet ${id} holds ${held} micro-dollars for nothing`);
    return db.hold.count({ where: { companyId, state: 'expired' } });
  }

  #count(caller: Caller) {
    const count = (is: (played: Played) => boolean): number => this.#played.filter(is).length;
    return {
      calls: this.#played.length,
      granted: count(({ hold }) => hold !== null),
      captured: count(({ usage }) => usage !== null),
      overLimit: count(({ reason }) => reason === 'spending_limit'),
      overCredits: count(({ reason }) => reason === 'credits'),
      retries: caller.retries,
    };
  }

  async #createKey(): Promise<string> {
    const scopes = ['holds:write', 'usage:write'].flatMap((scope) => ['--scope', scope]);
    const answer = await this.#refill(
      'api-key',
      'create',
      '--name',
      'proof',
      ...scopes,
      '--capture',
      'posts',
      '--json',
    );
    return /rk_[\w-]+/.exec(answer)?.[0] ?? 'none';
  }

  /** As the operator types it. */
  async #refill(noun: string, verb: string, ...options: string[]): Promise<string> {
    const { status, stdout, stderr } = await runRefill(
      [noun, verb, '--company', 'Acme Corp', ...options],
      this.#stage.env,
    );
    if (status !== 0) throw new Error(`refill ${noun} ${verb} failed: ${stderr}${stdout}`);
    return stdout;
  }
}

/** So many minutes of the proof's calls, in dollars. */
const minutes = (count: number): string => (Number(MICROS_A_MINUTE * BigInt(count)) / 1_000_000).toFixed(2);

/** Calls of the limited office ask for a minute to three, those of the other for 15 to 45. */
function drawCalls(round: number): Call[] {
  const fate = (): Call['fate'] => FATES[Math.floor(Math.random() * FATES.length)] ?? 'capture';
  const of = (line: string, count: number, least: number): Call[] =>
    Array.from({ length: count }, (_, n) => ({
      id: `${round}-${line.slice(1, 5)}-${n}`,
      line,
      seconds: 60 * least * (1 + (n % 3)),
      fate: fate(),
    }));
  return [...of(LINES.limited, CALLS.limited, 1), ...of(LINES.credited, CALLS.credited, 15)];
}

async function readRooms({ db }: Stage, companyId: bigint): Promise<Room[]> {
  const idOf = async (name: string) => (await db.office.findFirstOrThrow({ where: { companyId, name } })).id;
  return [
    { officeId: await idOf(LIMITED), name: LIMITED, most: 'limit' },
    { officeId: await idOf('San Francisco'), name: 'San Francisco', most: 'credits' },
  ];
}

/** The month that the company's limits count at present. */
async function readMonth({ db }: Stage): Promise<string> {
  const [row] = await db.$queryRaw<{ month: string }[]>`
    SELECT to_char(now() AT TIME ZONE company.time_zone, 'YYYY-MM') AS month FROM company LIMIT 1`;
  return row?.month ?? '';
}
