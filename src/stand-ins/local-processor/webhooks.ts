import { createHmac } from 'node:crypto';
import { backoffMs } from '../../backoff.ts';
import { MINUTE_MS, SECOND_MS } from '../../durations.ts';
import type { Logger } from '../../log.ts';
import type { Books } from './books.ts';
import type { ProcessorEvent } from './objects.ts';

/** Where events go, and the secret they are signed with. */
export interface WebhookTarget {
  url: string;
  secret: string;
}

/** Orders in which waiting events are delivered; the real processor promises none. */
export const WEBHOOK_ORDERS = ['oldest-first', 'newest-first'] as const;

/** What the network does to deliveries, on demand. */
export interface WebhookMischief {
  /** Nothing is delivered; everything waits. */
  paused: boolean;
  /** How many times more than once each event is delivered. */
  duplicates: number;
  order: (typeof WEBHOOK_ORDERS)[number];
}

const POST_TIMEOUT_MS = 5 * SECOND_MS;
/** A delivery that was taken and not reported back (the process was killed) is due again after this. */
const LEASE_MS = 10 * SECOND_MS;
const RETRY = { initialMs: 500, maxMs: MINUTE_MS };
const POLL_EVERY_MS = 500;
const BATCH = 50;

interface Delivery {
  seq: string;
  attempts: number;
  body: ProcessorEvent;
}

/**
 * The header that proves who sent a webhook: `t=SECONDS,v1=HMAC`. Always wall time, whatever the one clock says,
 * as receivers refuse old signatures by theirs.
 */
export function signWebhook(payload: string, secret: string, wallTimeMs: number): string {
  const seconds = Math.floor(wallTimeMs / SECOND_MS);
  const hmac = createHmac('sha256', secret).update(`${seconds}.${payload}`).digest('hex');
  return `t=${seconds},v1=${hmac}`;
}

/** Milliseconds until the next try after `attempts` failed ones: doubling, up to a minute. */
export function retryDelayMs(attempts: number): number {
  return backoffMs(attempts - 1, RETRY);
}

/**
 * Delivers recorded events at least once, one after the other. What is due lives in the books; this loop only
 * wakes and looks, so a kill loses nothing.
 */
export class WebhookDelivery {
  readonly mischief: WebhookMischief = { paused: false, duplicates: 0, order: 'oldest-first' };
  readonly #books: Books;
  readonly #target: WebhookTarget;
  readonly #log: Logger;
  readonly #isDown: () => boolean;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #isWakeWanted = false;

  constructor(options: { books: Books; target: WebhookTarget; isDown: () => boolean; log: Logger }) {
    this.#books = options.books;
    this.#target = options.target;
    this.#isDown = options.isDown;
    this.#log = options.log;
    this.#timer = setInterval(() => this.wake(), POLL_EVERY_MS);
    this.#timer.unref();
  }

  /** Looks for due deliveries now; harmless at any time. */
  wake(): void {
    if (this.#stop.signal.aborted) return;
    if (this.#round !== undefined) {
      this.#isWakeWanted = true;
      return;
    }
    this.#isWakeWanted = false;
    this.#round = this.#deliverDue()
      .catch((error: unknown) => this.#log.warn({ err: error }, 'webhooks could not be delivered'))
      .finally(() => {
        this.#round = undefined;
        if (this.#isWakeWanted) this.wake();
      });
  }

  /** Stops delivering; what is undelivered stays due. */
  async close(): Promise<void> {
    this.#stop.abort();
    clearInterval(this.#timer);
    await this.#round;
  }

  async #deliverDue(): Promise<void> {
    if (this.mischief.paused || this.#isDown()) return;
    const deliveries = await this.#takeDue();
    for (const delivery of deliveries) {
      if (this.#stop.signal.aborted) return;
      await this.#deliver(delivery);
    }
    if (deliveries.length === BATCH) this.#isWakeWanted = true;
  }

  /** Takes what is due, on a lease: nobody else delivers it meanwhile, and a kill only delays it. */
  async #takeDue(): Promise<Delivery[]> {
    return this.#books.transaction(async ({ client }) => {
      const { rows } = await client.query<Delivery>(
        `WITH due AS (
           SELECT seq FROM card_processor.webhook_delivery
           WHERE delivered_at IS NULL AND due_at <= clock_timestamp()
           ORDER BY seq LIMIT $1 FOR UPDATE SKIP LOCKED
         ), taken AS (
           UPDATE card_processor.webhook_delivery AS delivery
           SET attempts = attempts + 1, due_at = clock_timestamp() + $2 * interval '1 millisecond'
           FROM due WHERE delivery.seq = due.seq
           RETURNING delivery.seq, delivery.event_id, delivery.attempts
         )
         SELECT taken.seq, taken.attempts, event.body
         FROM taken JOIN card_processor.resource AS event ON event.id = taken.event_id`,
        [BATCH, LEASE_MS],
      );
      const sign = this.mischief.order === 'newest-first' ? -1 : 1;
      return rows.sort((a, b) => sign * (Number(a.seq) - Number(b.seq)));
    });
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const payload = JSON.stringify(delivery.body, null, 2);
    let answer = '';
    let isTaken = false;
    for (let copy = 0; copy <= this.mischief.duplicates; copy += 1) {
      const result = await this.#post(payload);
      answer = result.answer;
      isTaken ||= result.isTaken;
    }
    if (this.#stop.signal.aborted && !isTaken) return;
    await this.#report(delivery, isTaken, answer);
  }

  async #report(delivery: Delivery, isTaken: boolean, answer: string): Promise<void> {
    await this.#books.transaction(async (tx) => {
      await tx.client.query(
        `UPDATE card_processor.webhook_delivery
         SET delivered_at = CASE WHEN $2 THEN clock_timestamp() END,
             due_at = clock_timestamp() + $3 * interval '1 millisecond', last_answer = $4
         WHERE seq = $1`,
        [delivery.seq, isTaken, retryDelayMs(delivery.attempts), answer.slice(0, 200)],
      );
      if (isTaken) await tx.save('event', { ...delivery.body, pending_webhooks: 0 });
    });
  }

  async #post(payload: string): Promise<{ isTaken: boolean; answer: string }> {
    try {
      const response = await fetch(this.#target.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          'stripe-signature': signWebhook(payload, this.#target.secret, Date.now()),
        },
        body: payload,
        redirect: 'manual',
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(POST_TIMEOUT_MS)]),
      });
      await response.body?.cancel();
      return { isTaken: response.ok, answer: String(response.status) };
    } catch (error) {
      return { isTaken: false, answer: error instanceof Error ? error.message : 'no answer' };
    }
  }
}
