import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CompiledApp,
  NotStarted,
  type SourceBreakage,
  startCompiledApp,
} from '../../support/compiled-app/start-compiled-app.ts';
import { freePort } from '../../support/free-port.ts';
import type { Calm } from './calm.ts';

/** Started again as systemd and Docker do: a database that is away ends a start. */
const START_AGAIN_MS = 500;
const MAX_STARTS = 30;
/** What a version says of a database that is not its own. */
const REFUSAL = /(?:newer|another) version of Refill|older than this version of Refill/;

interface Member {
  name: string;
  role: 'web' | 'worker';
  /** Whether it runs the older version, where there is one. */
  isOld: boolean;
  ports: { http: number; monitoring: number };
  app: CompiledApp | null;
  kills: number;
}

export interface FleetOptions {
  /** The environment of all of them. */
  env: Readonly<Record<string, string>>;
  /** For their logs. */
  folder: string;
  /** The checkout of the older version, which one web and one worker run; null: all run this one. */
  oldRoot: string | null;
  breakage: SourceBreakage | undefined;
  calm: Calm;
}

/** Two web processes and two workers on one database. */
export class Fleet {
  /** What the older version said where it refused to start. */
  refusal: string | null = null;
  readonly #options: FleetOptions;
  readonly #members: readonly Member[];
  readonly #starting = new Set<Promise<void>>();

  private constructor(options: FleetOptions, members: readonly Member[]) {
    this.#options = options;
    this.#members = members;
  }

  /** Starts all of them. */
  static async start(options: FleetOptions): Promise<Fleet> {
    const members: Member[] = [];
    for (const [index, role] of (['web', 'worker', 'web', 'worker'] as const).entries()) {
      const ports = { http: await freePort(), monitoring: await freePort() };
      const isOld = options.oldRoot !== null && index > 1;
      members.push({ name: `${role}-${index}`, role, isOld, ports, app: null, kills: 0 });
    }
    const fleet = new Fleet(options, members);
    // One after the other: each takes seconds of the processor.
    for (const member of members) await fleet.#start(member);
    return fleet;
  }

  /** Ports of the web processes. */
  get webPorts(): number[] {
    return this.#members.filter(({ role }) => role === 'web').map(({ ports }) => ports.http);
  }

  get kills(): number {
    return this.#members.reduce((sum, { kills }) => sum + kills, 0);
  }

  /** What may be killed, by name: another of its role runs. */
  get expendable(): string[] {
    const running = this.#members.filter(({ app }) => app !== null);
    return running
      .filter((member) => running.some((other) => other !== member && other.role === member.role))
      .map(({ name }) => name);
  }

  /** Names of members that ended by themselves. */
  get ended(): string[] {
    return this.#members.filter(({ app }) => app?.hasEnded() === true).map(({ name }) => name);
  }

  /** Kills a member with SIGKILL and has it started again; returns once it is dead. */
  async kill(name: string): Promise<void> {
    const member = this.#members.find((each) => each.name === name);
    if (member?.app == null) return;
    const isOver = this.#options.calm.disturb();
    const { app } = member;
    member.app = null;
    member.kills += 1;
    await app.kill();
    const starting = this.#start(member).finally(isOver);
    this.#starting.add(starting);
    starting.catch(() => undefined);
  }

  /** Waits until all that were killed are there again. Throws where one did not start. */
  async untilAllRun(): Promise<void> {
    await Promise.all(this.#starting);
  }

  async stop(): Promise<void> {
    await Promise.allSettled(this.#starting);
    await Promise.all(this.#members.map(({ app }) => app?.stop()));
  }

  /** Errors in their logs: how often each was logged, by its message. */
  async countErrors(): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const member of this.#members)
      for (const { line } of (await member.app?.readErrors()) ?? []) {
        const message = messageOf(line);
        counts.set(message, (counts.get(message) ?? 0) + 1);
      }
    return counts;
  }

  async #start(member: Member): Promise<void> {
    const { env, folder, oldRoot, breakage } = this.#options;
    const of = {
      logFile: path.join(folder, `${member.name}.log`),
      breakage,
      env: {
        ...env,
        PORT: String(member.ports.http),
        REFILL_HOST: '127.0.0.1',
        REFILL_ROLE: member.role,
        REFILL_MONITORING: `127.0.0.1:${member.ports.monitoring}`,
        REFILL_LOG: 'error',
      },
    };
    for (let tries = 1; member.app === null; tries += 1)
      try {
        member.app = await startCompiledApp({ ...of, root: (member.isOld ? oldRoot : null) ?? undefined });
      } catch (error) {
        if (!(error instanceof NotStarted) || tries === MAX_STARTS) throw error;
        if (member.isOld && REFUSAL.test(error.message)) {
          this.refusal ??= error.message;
          member.isOld = false;
        }
        await sleep(START_AGAIN_MS);
      }
  }
}

function messageOf(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    return `${msg}: ${err?.message ?? ''}`.split('\n', 1)[0]?.slice(0, 200) ?? '';
  } catch {
    return line.slice(0, 200);
  }
}
