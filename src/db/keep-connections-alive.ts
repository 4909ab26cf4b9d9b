import pg from 'pg';
import { isDatabaseUnavailable } from './read-database-error.ts';

/**
 * Makes a pool keep the connection of a statement that the server refused. By default it closes it after any error, and the
 * next caller pays for another one, with every plan made again: hundreds of times the refusal, which is an everyday answer
 * (a key that is taken, a hold that is resolved). A connection that is broken or shut down goes all the same. The pool's
 * `query` is for promises from then on, as all callers use it.
 */
export function keepConnectionsAlive(pool: pg.Pool): pg.Pool {
  const query = async (...call: Parameters<pg.ClientBase['query']>) => {
    const client = await pool.connect();
    let isSound = true;
    try {
      return await client.query(...call);
    } catch (error) {
      isSound = error instanceof pg.DatabaseError && !isDatabaseUnavailable(error);
      throw error;
    } finally {
      client.release(!isSound);
    }
  };
  return Object.assign(pool, { query });
}
