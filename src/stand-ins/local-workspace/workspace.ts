/** What every part of the workspace server shares. */
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../log.ts';
import type { Bus } from './bus.ts';
import type { Deliverer } from './deliver/deliver.ts';
import type { Faults } from './faults.ts';
import type { Seed, SlackWorkspaceOptions, WorldPort } from './options.ts';
import type { Database } from './store/database.ts';

export interface Workspace {
  seed: Seed;
  tokens: SlackWorkspaceOptions['tokens'];
  scopes: ReadonlySet<string>;
  limitPosts: boolean;
  /** How long the app may take to acknowledge, and to use a trigger. */
  appTimeoutMs: number;
  clock: Clock;
  log: Logger;
  database: Database;
  bus: Bus;
  faults: Faults;
  world: WorldPort;
  deliverer: Deliverer;
  /** Known once the servers listen, e.g. `http://127.0.0.1:4002`, without a slash at the end. */
  addresses: { api: string; page: string };
}
