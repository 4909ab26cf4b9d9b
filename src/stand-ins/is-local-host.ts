import type { IncomingMessage } from 'node:http';

const LOCAL_HOSTS = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Whether a request was sent to this machine by one of its own names. A page of somebody else's reaches a server on
 * 127.0.0.1 by a name of its own that points here; the stand-ins' secrets stand in the repository, so they refuse it.
 */
export function isLocalHost({ headers }: IncomingMessage): boolean {
  return LOCAL_HOSTS.includes((headers.host ?? '').replace(/:\d+$/, ''));
}
