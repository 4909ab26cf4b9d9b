import { runRefill } from '../../support/run-refill.ts';
import type { Memory } from './app-process.ts';
import { drawRequest } from './draw-request.ts';
import { describeRequest, Findings } from './findings.ts';
import { findFault, hasReached, isStarved, readAnswer } from './judge.ts';
import { type FuzzAnswer, type FuzzRequest, SURFACES, type Surface } from './request.ts';
import { sendRequest, Unanswered } from './send.ts';
import { untilQuiet, walk } from './walk.ts';
import type { World } from './world.ts';

const AT_ONCE = 8;
/** After so many the app is walked through again: what it has shown grows old. */
const WALK_EVERY = 2_500;
/** Memory is compared between after so many and the end; of a shorter run, after its first tenth. */
const WARM_AFTER = 10_000;
const QUIET_MS = 1_000;
/** A machine with other work may be too slow for Slack's three seconds; what then fails is counted by itself. */
const LATE = /within three seconds|ERR_HTTP_HEADERS_SENT/;
export interface FuzzReport {
  requests: number;
  reached: number;
  bySurface: Record<Surface, { sent: number; reached: number }>;
  byStatus: Record<string, number>;
  warm: Memory;
  end: Memory;
  /** What only a machine with too much other work brings about: answers after Slack's three seconds, a database that is slow to answer. */
  late: number;
  seconds: number;
  findings: string[];
}

interface Options {
  requests: number;
  seed: number;
  /** The only one that is sent; null: all of them. */
  only: number | null;
  onProgress(line: string): void;
}

export async function runFuzz(world: World, options: Options): Promise<FuzzReport> {
  return await new FuzzRun(world, options).run();
}

class FuzzRun {
  readonly #world: World;
  readonly #options: Options;
  readonly #findings: Findings;
  readonly #requests = new Map<number, FuzzRequest>();
  readonly #slackTaken: number[] = [];
  readonly #bySurface = Object.fromEntries(
    SURFACES.map((surface) => [surface, { sent: 0, reached: 0 }]),
  ) as FuzzReport['bySurface'];
  readonly #byStatus: Record<string, number> = {};
  #processorIds: string[] = [];
  #late = 0;
  #isOver = false;

  constructor(world: World, options: Options) {
    this.#world = world;
    this.#options = options;
    this.#findings = new Findings(options.seed, options.onProgress);
  }

  async run(): Promise<FuzzReport> {
    const startedAt = performance.now();
    const { requests, only, onProgress } = this.#options;
    const warmAfter = Math.min(WARM_AFTER, Math.ceil(requests / 10));
    await this.#walk(0);
    let warm: Memory | null = null;
    const ends = only === null ? listEnds(requests, warmAfter) : [];
    let from = 0;
    for (const to of ends) {
      await this.#sendAll(Array.from({ length: to - from }, (_, n) => () => this.#play(from + n)));
      from = to;
      if (this.#isOver) break;
      if (to % WARM_AFTER === 0) onProgress(`${await this.#readMegabytes()} MB live after ${to}`);
      if (to === warmAfter) warm = await this.#readMemory();
      onProgress(`${to} of ${requests} requests, ${this.#findings.count} findings`);
      if (to % WALK_EVERY === 0 && to < requests) await this.#walk(to);
    }
    if (only !== null) {
      onProgress(describeRequest(this.#draw(only)));
      await this.#play(only);
    }
    const end = this.#isOver ? null : await this.#readMemory();
    await this.#close();
    const none: Memory = { liveBytes: 0, residentBytes: 0 };
    return {
      requests: SURFACES.reduce((sum, surface) => sum + this.#bySurface[surface].sent, 0),
      reached: SURFACES.reduce((sum, surface) => sum + this.#bySurface[surface].reached, 0),
      bySurface: this.#bySurface,
      byStatus: this.#byStatus,
      warm: warm ?? end ?? none,
      end: end ?? none,
      late: this.#late,
      seconds: (performance.now() - startedAt) / 1_000,
      findings: this.#findings.list(),
    };
  }

  async #walk(after: number): Promise<void> {
    const { db } = this.#world;
    await this.#world.restore();
    const send = async (request: FuzzRequest, number: number): Promise<string> =>
      (await this.#send(request, number))?.text ?? '';
    await walk(this.#world, this.#options.seed + after, send, (works) => this.#sendAll(works));
    const attempts = await db.paymentAttempt.findMany({ orderBy: { openedAt: 'desc' }, take: 50 });
    const cards = await db.card.findMany({ take: 20 });
    const ids = [...attempts.map(({ intentId }) => intentId), ...cards.map(({ processorId }) => processorId)];
    this.#processorIds = ids.filter((id) => id !== null);
  }

  async #sendAll(works: readonly (() => Promise<unknown>)[]): Promise<void> {
    const queue = works.values();
    const lane = async (): Promise<void> => {
      for (const work of queue) {
        if (this.#isOver) return;
        await work();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  }

  #draw(number: number): FuzzRequest {
    const { seed } = this.#options;
    return drawRequest(this.#world, { seed, number, processorIds: this.#processorIds });
  }

  async #play(number: number): Promise<void> {
    const request = this.#draw(number);
    const answer = await this.#send(request, number);
    if (answer === null) return;
    const of = this.#bySurface[request.surface];
    of.sent += 1;
    const status = `${request.surface} ${answer.status}`;
    this.#byStatus[status] = (this.#byStatus[status] ?? 0) + 1;
    if (request.surface === 'slack' && answer.status === 200) this.#slackTaken.push(number);
    else if (hasReached(request, answer, false)) of.reached += 1;
    if (request.isTwice) await this.#send(request, number);
  }

  async #send(request: FuzzRequest, number: number): Promise<FuzzAnswer | null> {
    this.#requests.set(number, request);
    if (this.#requests.size > 20_000) this.#requests.delete(this.#requests.keys().next().value ?? -1);
    try {
      const answer = await sendRequest(this.#world.appUrl, this.#nameOf(number), request);
      const fault = findFault(request, answer);
      if (isStarved(request, answer)) this.#late += 1;
      else if (fault !== null) this.#add(number, `${request.what} ${fault}`);
      const said = request.surface === 'slack' ? readAnswer(answer.text) : null;
      if (said !== null) this.#world.desk.takeAnswer(`k${number}`, said);
      return answer;
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      if (this.#isOver) return null;
      this.#add(number, `was not answered: ${error.message}`);
      this.#isOver ||= await this.#world.app.isEnding();
      return null;
    }
  }

  #nameOf = (number: number): string => `fuzz-${this.#options.seed}-${String(number).padStart(8, '0')}`;

  #add(number: number, what: string): void {
    this.#findings.add(number, what, this.#requests.get(number));
  }

  async #readMemory(): Promise<Memory> {
    await untilQuiet(this.#world, QUIET_MS);
    return await this.#world.app.readMemory();
  }

  async #readMegabytes(): Promise<string> {
    return ((await this.#readMemory()).liveBytes / 1_048_576).toFixed(1);
  }

  /** Ends the app, and reads what only shows then: its log, what Slack was told, and whether the books hold. */
  async #close(): Promise<void> {
    const { app, desk, env } = this.#world;
    await untilQuiet(this.#world, QUIET_MS);
    const hasCrashed = app.hasEnded();
    await app.stop();
    for (const { requestId, line } of await app.readErrors()) {
      if (LATE.test(line)) {
        this.#late += 1;
        continue;
      }
      const [, number] = /^fuzz-\d+-0*(\d+)$/.exec(requestId) ?? [];
      if (number === undefined) this.#findings.add(null, describeError(line));
      else this.#add(Number(number), describeError(line));
    }
    if (hasCrashed) this.#findings.add(null, 'the app ended by itself');
    for (const { key, fault } of desk.faults)
      if (key === '') this.#findings.add(null, fault);
      else this.#add(Number(key.slice(1)), fault);
    this.#bySurface.slack.reached += this.#slackTaken.filter((number) => desk.hasHeard(`k${number}`)).length;
    const { status, stdout, stderr } = await runRefill(['verify'], env);
    if (status !== 0) this.#findings.add(null, `the books do not hold: ${stderr}${stdout}`);
  }
}

/** Where the run stops on its way: to measure, and to walk anew. */
function listEnds(requests: number, warmAfter: number): number[] {
  const ends = new Set([warmAfter, requests]);
  for (let at = WALK_EVERY; at < requests; at += WALK_EVERY) ends.add(at);
  return [...ends].toSorted((a, b) => a - b);
}

/** An error of the log: what failed, why and where. */
function describeError(line: string): string {
  try {
    const { msg, err, listener, path, route } = JSON.parse(line) as Record<string, unknown> & {
      err?: { message?: string; stack?: string };
    };
    return `logged: ${String(msg)} (${String(listener ?? route ?? path ?? '')}): ${err?.message ?? ''}\n${err?.stack ?? line}`;
  } catch {
    return `logged: ${line}`;
  }
}
