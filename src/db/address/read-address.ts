import type { ConnectionOptions } from 'node:tls';
import { RefillError } from '../../errors.ts';
import { readTls } from './read-tls.ts';

/** A connection string, taken apart and judged by its text. */
export interface DatabaseAddress {
  /** For messages, without the password: `the database refill at db.example.com:5432`. */
  readonly name: string;
  readonly host: string;
  /** What `pg` connects with. */
  readonly connection: {
    readonly host: string;
    readonly port: number;
    readonly user?: string;
    readonly password?: string;
    readonly database?: string;
    readonly options?: string;
    readonly ssl: false | ConnectionOptions;
    readonly sslnegotiation?: 'direct';
    readonly enableChannelBinding: boolean;
  };
}

const DEFAULT_PORT = 5432;
const SCHEMA = 'public';

/** Parameters of other drivers that change nothing here: what they ask for is set by us, or not needed. */
const IGNORED = new Set([
  ...['application_name', 'fallback_application_name', 'client_encoding', 'timezone', 'connect_timeout'],
  ...['keepalives', 'keepalives_idle', 'keepalives_interval', 'keepalives_count', 'tcp_user_timeout'],
  ...[
    'statement_timeout',
    'lock_timeout',
    'idle_in_transaction_session_timeout',
    'gssencmode',
    'sslcompression',
  ],
  ...['target_session_attrs', 'load_balance_hosts', 'sslsni'],
  ...['pgbouncer', 'connection_limit', 'pool_timeout', 'socket_timeout', 'statement_cache_size'],
]);
const READ = new Set([
  ...['host', 'port', 'user', 'password', 'dbname', 'options', 'schema', 'channel_binding', 'sslnegotiation'],
  ...['ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'uselibpqcompat'],
]);

const ODD_CHARACTERS =
  'In its user and password write # as %23, / as %2F, ? as %3F, : as %3A, @ as %40, % as %25 and a space as %20.';

/**
 * Takes a connection string apart. Nothing that it asks for is dropped without a word: a parameter that Refill does not
 * know is refused, as PostgreSQL's own programs refuse it.
 *
 * Throws RefillError `database-address` with one sentence on what to change in DATABASE_URL.
 */
export function readAddress(url: string): DatabaseAddress {
  const parsed = parseUrl(url.trim());
  const parameters = new Map([...parsed.searchParams].map(([key, value]) => [key.toLowerCase(), value]));
  for (const key of parameters.keys()) {
    if (IGNORED.has(key) || READ.has(key)) continue;
    throw refuse(`has a parameter that Refill does not know, ${key}: leave it out. ${ODD_CHARACTERS}`);
  }
  const schema = parameters.get('schema') ?? SCHEMA;
  if (schema !== SCHEMA) {
    throw refuse(
      `asks for the schema ${schema}, but Refill keeps its tables in ${SCHEMA}: leave ?schema= out, and give Refill a database of its own.`,
    );
  }
  const host = parameters.get('host') || decode(parsed.hostname).replace(/^\[(.+)\]$/, '$1') || 'localhost';
  if (host.includes(',')) throw severalHosts();
  const port = Number(parameters.get('port') || parsed.port || DEFAULT_PORT);
  const user = parameters.get('user') || decode(parsed.username);
  const password = parameters.get('password') || decode(parsed.password);
  const database = parameters.get('dbname') || decode(parsed.pathname.slice(1));
  const options = parameters.get('options') ?? '';
  const place = host.startsWith('/') ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    name: `${database === '' ? 'the database' : `the database ${database}`} at ${place}`,
    host,
    connection: {
      host,
      port,
      ...(user === '' ? {} : { user }),
      ...(password === '' ? {} : { password }),
      ...(database === '' ? {} : { database }),
      ...(options === '' ? {} : { options }),
      ssl: readTls(parameters, refuse),
      ...(parameters.get('sslnegotiation') === 'direct' ? { sslnegotiation: 'direct' } : {}),
      enableChannelBinding: ['prefer', 'require'].includes(parameters.get('channel_binding') ?? ''),
    },
  };
}

/** The same server and account, another database. */
export function withDatabaseName(url: string, name: string): string {
  const parsed = parseUrl(url.trim());
  parsed.pathname = `/${encodeURIComponent(name)}`;
  parsed.searchParams.delete('dbname');
  return parsed.href;
}

function parseUrl(url: string): URL {
  if (!/^postgres(ql)?:\/\//i.test(url)) throw refuse('has to begin with postgres://');
  const authority = /^\w+:\/\/(?:[^/?#]*@)?([^/?#]*)/.exec(url)?.[1] ?? '';
  if (authority.includes(',')) throw severalHosts();
  const parsed = URL.canParse(url) ? new URL(url) : null;
  // A # or / in a password ends the host early, and the remainder still parses as something else.
  if (parsed === null || url.includes('#') || parsed.pathname.slice(1).match(/[/@]/))
    throw refuse(`can't be read as postgres://user:password@host:port/database. ${ODD_CHARACTERS}`);
  return parsed;
}

function refuse(reason: string): RefillError {
  return new RefillError('database-address', `DATABASE_URL ${reason}`);
}

function severalHosts(): RefillError {
  return refuse('names several hosts: give one, the address that always leads to the primary server.');
}

/** Percent-encoding undone; a percent sign that encodes nothing stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
