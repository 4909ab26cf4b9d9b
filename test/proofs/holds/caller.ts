import { setTimeout as sleep } from 'node:timers/promises';

/** The app is away for about two seconds at each kill; on a busy machine for many. */
const ANSWERED_WITHIN_MS = 180_000;
const PAUSE_MS = 400;

/** The app did not come back in time: nothing is known, and nothing proven. */
export class Unanswered extends Error {}

export interface Reply {
  status: number;
  body: Record<string, unknown>;
}

/** A phone system: what has no answer is sent again, as it was, until it has one; to several processes by turns. */
export class Caller {
  readonly #appUrls: readonly string[];
  readonly #key: string;
  /** How often something was sent again. */
  retries = 0;
  /** How many answers there were. */
  answers = 0;
  #tries = 0;

  constructor(appUrls: readonly string[], key: string) {
    this.#appUrls = appUrls;
    this.#key = key;
  }

  /** Throws for an answer that is neither success nor one of `refusals`. */
  async send(path: string, body?: unknown, refusals: readonly number[] = []): Promise<Reply> {
    const until = performance.now() + ANSWERED_WITHIN_MS;
    for (;;) {
      const reply = await this.#try(path, body);
      if (reply !== null) {
        this.answers += 1;
        if (reply.status === 200 || refusals.includes(reply.status)) return reply;
        throw new Error(`${path} was answered ${reply.status}: ${JSON.stringify(reply.body)}`);
      }
      if (performance.now() > until) throw new Unanswered(`${path} was not answered`);
      this.retries += 1;
      await sleep(PAUSE_MS);
    }
  }

  /** Null where nothing is known: no answer, half an answer, or one that asks to come again. */
  async #try(path: string, body: unknown): Promise<Reply | null> {
    this.#tries += 1;
    try {
      const answer = await fetch(`${this.#appUrls[this.#tries % this.#appUrls.length]}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${this.#key}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const reply = { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
      return answer.status === 429 || answer.status === 503 ? null : reply;
    } catch {
      return null;
    }
  }
}
