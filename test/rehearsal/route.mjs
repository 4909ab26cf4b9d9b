/**
 * Sends what a process asks of Slack, the card processor and the phone system to stand-ins on this machine, and refuses
 * every other address. Loaded with `node --import`, so that the app itself runs with the values and addresses of a real
 * installation and knows nothing of it. REHEARSAL_ROUTES: JSON, host name → origin.
 */
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';

const routes = new Map(
  Object.entries(JSON.parse(process.env.REHEARSAL_ROUTES ?? '{}')).map(([host, origin]) => [
    host,
    new URL(origin),
  ]),
);
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]', '::1']);

/** The address to ask instead. */
function route(address) {
  const url = new URL(address);
  const stand = routes.get(url.hostname);
  if (stand !== undefined) {
    url.protocol = stand.protocol;
    url.host = stand.host;
  } else if (!LOOPBACK.has(url.hostname)) {
    throw new TypeError(`the rehearsal has no ${url.hostname}`);
  }
  return url;
}

const plainFetch = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  if (!(input instanceof Request)) return await plainFetch(route(String(input)), init);
  return await plainFetch(new Request(route(input.url), input), init);
};

const secureRequest = https.request;
https.request = (...args) => {
  const [first, ...rest] = args;
  const isAddress = typeof first === 'string' || first instanceof URL;
  const options = isAddress ? {} : first;
  const host = options.hostname ?? options.host ?? 'localhost';
  const url = route(isAddress ? first : `https://${host}:${options.port ?? 443}${options.path ?? '/'}`);
  if (url.protocol === 'https:') return secureRequest(...args);
  const { agent: _agent, protocol: _protocol, ...kept } = options;
  const plain = {
    ...kept,
    host: url.hostname,
    hostname: url.hostname,
    port: url.port,
    path: `${url.pathname}${url.search}`,
  };
  return http.request(plain, ...rest);
};
syncBuiltinESMExports();
