import { Pool, type PoolClient } from 'pg';
import type { Logger } from '../../log.ts';
import { type DatabasePlace, toClientConfig } from '../database-place.ts';
import type { Kind, Resources } from './objects.ts';

/**
 * The processor's books: every object is a row, written before the caller is answered, in the processor's own
 * schema. Rows are locked by whoever means to change them, so that two callers never decide on the same state.
 */
const SCHEMA = `
  CREATE SCHEMA IF NOT EXISTS card_processor;
  CREATE TABLE IF NOT EXISTS card_processor.resource (
    seq bigint GENERATED ALWAYS AS IDENTITY,
    id text PRIMARY KEY,
    kind text NOT NULL,
    body json NOT NULL,
    hidden jsonb NOT NULL DEFAULT '{}'
  );
  CREATE INDEX IF NOT EXISTS resource_newest ON card_processor.resource (kind, seq DESC);
  CREATE INDEX IF NOT EXISTS resource_customer ON card_processor.resource (kind, (body->>'customer'), seq DESC);
  CREATE INDEX IF NOT EXISTS resource_intent ON card_processor.resource (kind, (body->>'payment_intent'), seq DESC);
  CREATE INDEX IF NOT EXISTS resource_invoice ON card_processor.resource (kind, (body->>'invoice'), seq DESC);
  CREATE UNIQUE INDEX IF NOT EXISTS one_paid_charge_an_intent ON card_processor.resource ((body->>'payment_intent'))
    WHERE kind = 'charge' AND body->>'status' IN ('succeeded', 'pending');
  CREATE TABLE IF NOT EXISTS card_processor.idempotency_key (
    api_key text NOT NULL,
    key text NOT NULL,
    path text NOT NULL,
    params_hash text NOT NULL,
    status integer NOT NULL,
    body json NOT NULL,
    silent boolean NOT NULL,
    request_id text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (api_key, key)
  );
  CREATE TABLE IF NOT EXISTS card_processor.webhook_delivery (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id text NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    delivered_at timestamptz,
    last_answer text
  );
  CREATE INDEX IF NOT EXISTS webhook_delivery_due ON card_processor.webhook_delivery (due_at) WHERE delivered_at IS NULL;
`;
/** Two processes that start at once must not create the same table at once. */
const SCHEMA_LOCK = 7_210_044_242;

/** Facts about an object that the API never shows, e.g. which test card stands behind a payment method. */
export type Hidden = Record<string, string>;

/** One object with what is hidden behind it. */
export interface Stored<K extends Kind> {
  body: Resources[K];
  hidden: Hidden;
}

/** The fields that lists may be narrowed by. */
export type ListField = 'charge' | 'customer' | 'email' | 'invoice' | 'payment_intent' | 'status' | 'type';

/** Bounds of `created` in seconds: `RangeQueryParam` of the SDK. */
export type CreatedRange = Partial<Record<keyof typeof COMPARISONS, number | undefined>>;
const COMPARISONS = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** Which rows a list shows: equality on top-level fields, when they were created, and a window by id. */
export interface ListQuery {
  where: Partial<Record<ListField, string | undefined>>;
  created?: CreatedRange | undefined;
  limit: number;
  startingAfter?: string | undefined;
  endingBefore?: string | undefined;
}

/** The books within one transaction. */
export class BooksTx {
  readonly client: PoolClient;

  constructor(client: PoolClient) {
    this.client = client;
  }

  /** Adds a new object. */
  async insert<K extends Kind>(kind: K, body: Resources[K], hidden: Hidden = {}): Promise<void> {
    await this.client.query(
      'INSERT INTO card_processor.resource (id, kind, body, hidden) VALUES ($1, $2, $3, $4)',
      [body.id, kind, JSON.stringify(body), JSON.stringify(hidden)],
    );
  }

  /** Reads an object; undefined when there is none of that kind and id. */
  async find<K extends Kind>(kind: K, id: string): Promise<Stored<K> | undefined> {
    return this.#read(kind, id, '');
  }

  /** Reads an object and keeps everyone else from changing it until this transaction ends. */
  async lock<K extends Kind>(kind: K, id: string): Promise<Stored<K> | undefined> {
    return this.#read(kind, id, 'FOR UPDATE');
  }

  async #read<K extends Kind>(kind: K, id: string, suffix: string): Promise<Stored<K> | undefined> {
    const { rows } = await this.client.query<Stored<K>>(
      `SELECT body, hidden FROM card_processor.resource WHERE id = $1 AND kind = $2 ${suffix}`,
      [id, kind],
    );
    return rows[0];
  }

  /** Writes a changed object back; the caller has locked it. */
  async save<K extends Kind>(kind: K, body: Resources[K], hidden?: Hidden): Promise<void> {
    await this.client.query(
      'UPDATE card_processor.resource SET body = $3, hidden = hidden || $4 WHERE id = $1 AND kind = $2',
      [body.id, kind, JSON.stringify(body), JSON.stringify(hidden ?? {})],
    );
  }

  /** Takes an object out of the books. */
  async remove<K extends Kind>(kind: K, id: string): Promise<void> {
    await this.client.query('DELETE FROM card_processor.resource WHERE id = $1 AND kind = $2', [id, kind]);
  }

  /** Newest first; one row more than `limit`, so that the caller knows whether there are more. */
  async list<K extends Kind>(kind: K, query: ListQuery): Promise<Resources[K][]> {
    const values: unknown[] = [kind];
    const conditions = ['kind = $1'];
    for (const [field, value] of Object.entries(query.where)) {
      if (value === undefined) continue;
      values.push(value);
      conditions.push(`body->>'${field}' = $${values.length}`);
    }
    for (const [bound, comparison] of Object.entries(COMPARISONS)) {
      const seconds = query.created?.[bound as keyof typeof COMPARISONS];
      if (seconds === undefined) continue;
      values.push(seconds);
      conditions.push(`(body->>'created')::bigint ${comparison} $${values.length}`);
    }
    const cursor = query.startingAfter ?? query.endingBefore;
    if (cursor !== undefined) {
      values.push(cursor);
      const side = query.startingAfter === undefined ? '>' : '<';
      conditions.push(`seq ${side} (SELECT seq FROM card_processor.resource WHERE id = $${values.length})`);
    }
    const isBackwards = query.startingAfter === undefined && query.endingBefore !== undefined;
    const { rows } = await this.client.query<{ body: Resources[K] }>(
      `SELECT body FROM card_processor.resource WHERE ${conditions.join(' AND ')}
       ORDER BY seq ${isBackwards ? 'ASC' : 'DESC'} LIMIT ${query.limit + 1}`,
      values,
    );
    return rows.map((row) => row.body);
  }
}

/** The processor's database, opened. */
export class Books {
  readonly #pool: Pool;

  private constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Connects and creates what is missing. Throws when the database cannot be reached. */
  static async open(database: DatabasePlace, log: Logger): Promise<Books> {
    const pool = new Pool({
      ...toClientConfig(database),
      max: 12,
      application_name: 'card-processor',
    });
    pool.on('error', (error) => log.warn({ err: error }, 'the card processor lost a database connection'));
    pool.on('connect', (client) =>
      client.on('error', (error) => log.warn({ err: error }, 'connection lost')),
    );
    const books = new Books(pool);
    try {
      await books.transaction(async ({ client }) => {
        await client.query('SELECT pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
        await client.query(SCHEMA);
      });
    } catch (error) {
      await pool.end();
      throw error;
    }
    return books;
  }

  /** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
  async transaction<T>(work: (tx: BooksTx) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    let isBroken = false;
    try {
      await client.query('BEGIN');
      const result = await work(new BooksTx(client));
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {
        isBroken = true;
      });
      throw error;
    } finally {
      client.release(isBroken);
    }
  }

  /** Lets go of the database. */
  async close(): Promise<void> {
    await this.#pool.end();
  }
}
