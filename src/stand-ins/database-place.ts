import type { ClientConfig } from 'pg';

/** The database that a stand-in keeps its state in: its address as `pg` reads it, or its parts. */
export type DatabasePlace =
  | string
  | Pick<ClientConfig, 'host' | 'port' | 'user' | 'password' | 'database' | 'options' | 'ssl'>;

export function toClientConfig(place: DatabasePlace): ClientConfig {
  return typeof place === 'string' ? { connectionString: place } : place;
}
