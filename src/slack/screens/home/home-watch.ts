import { MINUTE_MS, SECOND_MS } from '../../../durations.ts';
import type { Logger } from '../../../log.ts';
import type { Who } from '../../kit/context.ts';

/** For so long after somebody opened Home it is brought up to date for them. */
const OPEN_FOR_MS = 15 * MINUTE_MS;
const MIN_INTERVAL_MS = 10 * SECOND_MS;
const MAX_A_MINUTE = 50;
const POLL_EVERY_MS = 2 * SECOND_MS;

interface OpenHome {
  who: Who;
  openedAt: number;
  publishedAt: number;
  /** How things were when it was published. */
  mark: string;
}

/** What the watch works with. */
export interface HomeDeps {
  /** Changes whenever something did that a workspace's people see on Home. */
  readMark(teamId: string): Promise<string>;
  publish(who: Who): Promise<void>;
  log: Logger;
}

/**
 * Home tabs that are open, brought up to date when money moves (decisions: at most one publish a person in ten seconds and
 * fifty a minute a workspace). Each process looks after those that it was told are open, so nothing is stored: whoever
 * opens Home gets it anew anyway. Waits are measured on the machine's own clock. Applies R24.4.
 */
export class HomeWatch {
  private readonly open = new Map<string, OpenHome>();
  private readonly published = new Map<string, number[]>();
  private timer: NodeJS.Timeout | undefined;
  private polling: Promise<void> = Promise.resolve();
  private readonly deps: HomeDeps;
  private readonly clock: () => number;

  constructor(deps: HomeDeps, clock: () => number = () => performance.now()) {
    this.deps = deps;
    this.clock = clock;
  }

  start(): void {
    this.timer = setTimeout(() => {
      this.polling = this.poll().finally(() => {
        if (this.timer !== undefined) this.start();
      });
    }, POLL_EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.polling;
  }

  /** Somebody opened their Home: publishes it, and keeps it up to date for a while. */
  async opened(who: Who): Promise<void> {
    const now = this.clock();
    const mark = await this.deps.readMark(who.teamId);
    const before = this.open.get(keyOf(who));
    const isFresh = before?.mark === mark && now - before.publishedAt < MIN_INTERVAL_MS;
    const publishedAt = isFresh ? before.publishedAt : now;
    this.open.set(keyOf(who), { who, openedAt: now, publishedAt, mark });
    if (!isFresh) await this.publish(who);
  }

  /** Publishes what has changed since it was published, within what Slack is to be asked. */
  async poll(): Promise<void> {
    const marks = new Map<string, string>();
    for (const [key, home] of this.open) {
      const now = this.clock();
      if (now - home.openedAt > OPEN_FOR_MS) this.open.delete(key);
      else if (now - home.publishedAt >= MIN_INTERVAL_MS) await this.refresh(home, marks);
    }
  }

  private async refresh(home: OpenHome, marks: Map<string, string>): Promise<void> {
    const { teamId } = home.who;
    try {
      const mark = marks.get(teamId) ?? (await this.deps.readMark(teamId));
      marks.set(teamId, mark);
      if (mark === home.mark || !this.hasRoom(teamId)) return;
      home.mark = mark;
      home.publishedAt = this.clock();
      await this.publish(home.who);
    } catch (error) {
      this.deps.log.debug({ err: error, ...home.who }, 'a Home tab could not be brought up to date');
    }
  }

  private async publish(who: Who): Promise<void> {
    const now = this.clock();
    this.published.set(who.teamId, [...this.recent(who.teamId), now]);
    await this.deps.publish(who);
  }

  private hasRoom(teamId: string): boolean {
    return this.recent(teamId).length < MAX_A_MINUTE;
  }

  private recent(teamId: string): number[] {
    const since = this.clock() - MINUTE_MS;
    return (this.published.get(teamId) ?? []).filter((at) => at > since);
  }
}

const keyOf = ({ teamId, userId }: Who): string => `${teamId}/${userId}`;
