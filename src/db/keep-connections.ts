import pg from 'pg';
import { isDatabaseUnavailable } from './read-database-error.ts';

/**
 * Has a pool keep the connection of a statement which the server refused. By itself it ends it whatever the error, and the
 * next caller pays for another one, with every plan made anew: hundreds of times the refusal, which is an everyday answer
 * (a key that is taken, a hold that is resolved). A connection that is broken or shut down goes all the same. The pool's
 * `query` is for promises from then on, as everybody here calls it.
 */
export function keepConnections(pool: pg.Pool): pg.Pool {
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
