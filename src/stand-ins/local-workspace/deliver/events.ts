/** Events: written down first, sent until acknowledged, as often and as late as Slack does; a restart goes on. */
import { MINUTE_MS, SECOND_MS } from '../../../durations.ts';
import type { Json } from '../blocks/index.ts';
import { VERIFICATION_TOKEN } from '../payloads.ts';
import { newId, newSecret } from '../store/ids.ts';
import type { Workspace } from '../workspace.ts';
import { retryReason } from './deliver.ts';

/** At once, after a minute, after five. */
const SLACK_RETRY_DELAYS_MS: readonly number[] = [0, MINUTE_MS, 5 * MINUTE_MS];

export class EventSender {
  readonly #workspace: Workspace;
  readonly #delaysMs: readonly number[];
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  constructor(workspace: Workspace, delaysMs = SLACK_RETRY_DELAYS_MS) {
    this.#workspace = workspace;
    this.#delaysMs = delaysMs;
  }

  /** Sends an event of the Events API if the app subscribes to its type. Returns when it is written down. */
  async send(event: Json & { type: string }): Promise<void> {
    const { seed, clock, database } = this.#workspace;
    if (!seed.app.events.includes(event.type)) return;
    const body = {
      token: VERIFICATION_TOKEN,
      team_id: seed.workspace.id,
      context_team_id: seed.workspace.id,
      api_app_id: seed.app.id,
      event: { ...event, event_ts: `${clock.now().getTime() / SECOND_MS}` },
      type: 'event_callback',
      event_id: newId('Ev'),
      event_time: Math.floor(clock.now().getTime() / SECOND_MS),
      authorizations: [
        {
          enterprise_id: null,
          team_id: seed.workspace.id,
          user_id: seed.app.botUserId,
          is_bot: true,
          is_enterprise_install: false,
        },
      ],
      is_ext_shared_channel: false,
      event_context: newSecret(8),
    };
    const [row] = await database.query<{ id: string }>(
      `INSERT INTO slack_delivery (kind, body, state, at) VALUES ('event', $1, 'waiting', $2) RETURNING id`,
      [JSON.stringify(body), clock.now()],
    );
    if (row !== undefined) this.#later(0, () => this.#try(row.id, body, 0));
  }

  /** Takes up what a former process left unsent. */
  async resume(): Promise<void> {
    const rows = await this.#workspace.database.query<{ id: string; body: Json; attempts: number }>(
      `SELECT id, body, attempts FROM slack_delivery WHERE state = 'waiting' ORDER BY id`,
    );
    for (const row of rows) this.#later(0, () => this.#try(row.id, row.body, row.attempts));
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #later(delayMs: number, work: () => Promise<void>): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work().catch((error: unknown) => {
        if (!this.#closed) this.#workspace.log.warn({ err: error }, 'event not sent');
      });
    }, delayMs);
    timer.unref();
    this.#timers.add(timer);
  }

  async #try(
    id: string,
    body: Json,
    retries: number,
    reason = retryReason({ outcome: 'timeout' }),
  ): Promise<void> {
    const { deliverer, database } = this.#workspace;
    const retry = retries === 0 ? {} : { retry: { number: retries, reason } };
    const reply = await deliverer.send({ kind: 'event', body, ...retry });
    if (this.#closed) return;
    const delayMs = this.#delaysMs[retries];
    const acknowledged = reply.outcome === 'acknowledged';
    const state = acknowledged ? 'done' : delayMs === undefined ? 'failed' : 'waiting';
    await database.query('UPDATE slack_delivery SET state = $2, attempts = $3, outcome = $4 WHERE id = $1', [
      id,
      state,
      retries + 1,
      reply.outcome,
    ]);
    if (state === 'waiting' && delayMs !== undefined) {
      this.#later(delayMs, () => this.#try(id, body, retries + 1, retryReason(reply)));
    }
  }
}
