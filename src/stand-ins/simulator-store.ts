import pg from 'pg';
import type { Logger } from '../log.ts';
import { type DatabasePlace, toClientConfig } from './database-place.ts';

/** Remembers how far the one clock was moved, so that a restart does not send time back. */
export interface SimulatorStore {
  readAheadMs(): Promise<number>;
  writeAheadMs(aheadMs: number): Promise<void>;
  close(): Promise<void>;
}

export async function openSimulatorStore(database: DatabasePlace, log: Logger): Promise<SimulatorStore> {
  const pool = new pg.Pool({ ...toClientConfig(database), max: 1 });
  pool.on('error', (error) => log.warn({ err: error }, 'the world’s books lost their connection'));
  await pool.query(
    'CREATE TABLE IF NOT EXISTS world_clock (id int PRIMARY KEY CHECK (id = 1), ahead_ms bigint NOT NULL)',
  );
  return {
    async readAheadMs() {
      const { rows } = await pool.query<{ ahead_ms: string }>('SELECT ahead_ms FROM world_clock');
      return Number(rows[0]?.ahead_ms ?? 0);
    },
    async writeAheadMs(aheadMs) {
      await pool.query(
        'INSERT INTO world_clock VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET ahead_ms = excluded.ahead_ms',
        [aheadMs],
      );
    },
    close: () => pool.end(),
  };
}
