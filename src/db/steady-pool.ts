import pg from 'pg';

/**
 * A pool that keeps the connection of a statement which the server refused. The library's own ends it whatever the error,
 * and the next caller pays for another one, with every plan made anew: hundreds of times a refusal, which is an everyday
 * answer (a key that is taken, a hold that is resolved). A connection that is broken or shut down goes all the same.
 */
export class SteadyPool extends pg.Pool {
  // The library's type has a signature for each way of calling; whatever is called, it is handed on.
  override query = (async (...call: Parameters<pg.ClientBase['query']>) => {
    const client = await this.connect();
    let isSound = true;
    try {
      return await client.query(...call);
    } catch (error) {
      isSound = error instanceof pg.DatabaseError && error.severity === 'ERROR';
      throw error;
    } finally {
      client.release(!isSound);
    }
  }) as unknown as pg.Pool['query'];
}
