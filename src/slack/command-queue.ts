import { AsyncResource } from 'node:async_hooks';
import { setTimeout as setTimer } from 'node:timers/promises';

/** How many commands run at a time, and wait at most. */
interface QueueLimits {
  maxRunning: number;
  /** How long one keeps others from starting at most. */
  maxHoldMs: number;
  maxWaiting: number;
}

const LIMITS: QueueLimits = { maxRunning: 8, maxHoldMs: 250, maxWaiting: 5_000 };

/** A command that was acknowledged. Neither of its works throws. */
export interface AckedCommand {
  readonly teamId: string;
  readonly userId: string;
  /** Does it and answers. `letNextStart` is called when it only waits for Slack. */
  run(letNextStart: () => void): Promise<void>;
  /** Tells who typed it that it was not done. */
  refuse(): Promise<void>;
}

export interface CommandQueue {
  /** Runs a command when its turn has come; false: it was not taken, as too many wait. */
  add(command: AckedCommand): boolean;
  /** Resolves when all have run; those that have not begun after so long are refused, for which it waits as long again at most. */
  drain(withinMs: number): Promise<void>;
}

/**
 * Runs acknowledged commands, a few at a time, and starts at most one in each turn of the event loop, so that the
 * commands that arrive in the meantime are acknowledged first. Workspaces take turns, and so do the people of each.
 */
export function createCommandQueue({
  maxRunning,
  maxHoldMs,
  maxWaiting,
}: QueueLimits = LIMITS): CommandQueue {
  const waiting = new Turns();
  let running = 0;
  let unfinished = 0;
  let isStarting = false;
  let onEmpty = (): void => undefined;

  const startNext = (): void => {
    if (isStarting || running >= maxRunning || waiting.size === 0) return;
    isStarting = true;
    setImmediate(() => {
      isStarting = false;
      const command = waiting.take();
      if (command !== undefined) void start(command);
      startNext();
    });
  };
  const start = async ({ run }: AckedCommand): Promise<void> => {
    running += 1;
    unfinished += 1;
    let isHolding = true;
    const release = (): void => {
      if (!isHolding) return;
      isHolding = false;
      running -= 1;
      startNext();
    };
    const timer = setTimeout(release, maxHoldMs);
    try {
      await run(release);
    } finally {
      clearTimeout(timer);
      release();
      unfinished -= 1;
      if (unfinished === 0 && waiting.size === 0) onEmpty();
    }
  };
  return {
    add(command) {
      if (waiting.size >= maxWaiting) return false;
      // Under its own request's id, whichever request starts it.
      waiting.add({ ...command, run: AsyncResource.bind(command.run) });
      startNext();
      return true;
    },
    async drain(withinMs) {
      if (unfinished === 0 && waiting.size === 0) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, withinMs);
        onEmpty = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      const refused = Promise.all(waiting.takeAll().map(({ refuse }) => refuse()));
      await Promise.race([refused, setTimer(withinMs, undefined, { ref: false })]);
    },
  };
}

/** Commands by workspace and person. The first of each map is the one whose turn it is; then it goes to the end. */
class Turns {
  readonly #teams = new Map<string, Map<string, AckedCommand[]>>();
  size = 0;

  add(command: AckedCommand): void {
    const people = this.#teams.get(command.teamId) ?? new Map<string, AckedCommand[]>();
    this.#teams.set(command.teamId, people);
    const typed = people.get(command.userId) ?? [];
    people.set(command.userId, typed);
    typed.push(command);
    this.size += 1;
  }

  take(): AckedCommand | undefined {
    for (const [teamId, people] of this.#teams)
      for (const [userId, typed] of people) {
        const command = typed.shift();
        people.delete(userId);
        if (typed.length > 0) people.set(userId, typed);
        this.#teams.delete(teamId);
        if (people.size > 0) this.#teams.set(teamId, people);
        this.size -= 1;
        return command;
      }
    return undefined;
  }

  takeAll(): AckedCommand[] {
    const all = [...this.#teams.values()].flatMap((people) => [...people.values()].flat());
    this.#teams.clear();
    this.size = 0;
    return all;
  }
}
