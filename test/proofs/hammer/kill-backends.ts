import pg from 'pg';

/**
 * Terminates a database's backends at random while the work goes on, busy ones first, so that `target` of them are
 * gone when `progress` (0 to 1) arrives at 1. `stop` answers how many were.
 */
export async function startKiller(options: {
  url: string;
  target: number;
  progress: () => number;
}): Promise<{ stop(): Promise<number> }> {
  const client = new pg.Client({ connectionString: options.url, application_name: 'killer' });
  await client.connect();
  let kills = 0;
  let stopped = false;

  async function run(): Promise<void> {
    while (!stopped) {
      if (kills < Math.ceil(options.progress() * options.target * 1.1)) {
        const { rows } = await client.query<{ killed: boolean }>(`
          SELECT pg_terminate_backend(pid) AS killed FROM pg_stat_activity
          WHERE datname = current_database() AND backend_type = 'client backend' AND application_name <> 'killer'
          ORDER BY (state = 'active') DESC, random() LIMIT 1`);
        if (rows[0]?.killed === true) kills += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, 5 + Math.random() * 20));
    }
  }

  const running = run();
  return {
    async stop() {
      stopped = true;
      await running;
      await client.end();
      return kills;
    },
  };
}
