/** Socket Mode: the app connects to us, and envelopes with ids go over its connections. */

import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import { SECOND_MS } from '../../../durations.ts';
import { isObject, type Json } from '../blocks/index.ts';
import { newSecret } from '../store/ids.ts';
import { acknowledgement, type Deliverer, type Envelope, type Reply } from './deliver.ts';

const TICKET_LIFE_MS = 30 * SECOND_MS;
const PING_EVERY_MS = 10 * SECOND_MS;
const ENVELOPE_TYPES = {
  command: 'slash_commands',
  interaction: 'interactive',
  event: 'events_api',
} as const;

export interface SocketDeliverer extends Deliverer {
  /** A path for one connection, from apps.connections.open. */
  newTicket(): string;
  /** Asks the connected apps to connect anew, as Slack does every few hours. */
  refresh(): void;
  /** Breaks all connections, as a lost network does. */
  breakAll(): void;
  readonly connections: number;
}

export interface SocketDelivery {
  server: Server;
  appId: string;
  appTimeoutMs: number;
  /** Whether the network is down. */
  isDown(): boolean;
}

function parse(data: RawData): Json {
  try {
    const message = JSON.parse(String(data)) as unknown;
    return isObject(message) ? message : {};
  } catch {
    return {};
  }
}

/** A deliverer over the WebSocket connections that the app opens on `/link/`. */
export function socketDeliverer({ server, appId, appTimeoutMs, isDown }: SocketDelivery): SocketDeliverer {
  const tickets = new Map<string, number>();
  const sockets = new Set<WebSocket>();
  const waiting = new Map<string, (reply: Reply) => void>();
  const acceptor = new WebSocketServer({ noServer: true });
  let turn = 0;

  const greet = (socket: WebSocket) => {
    sockets.add(socket);
    const debug = { host: 'applink-stand-in', build_number: 1, approximate_connection_time: 18_060 };
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: sockets.size,
        debug_info: debug,
        connection_info: { app_id: appId },
      }),
    );
    socket.on('message', (data) => {
      const message = parse(data);
      const id = String(message.envelope_id);
      waiting.get(id)?.({ outcome: 'acknowledged', body: acknowledgement(message.payload) });
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => sockets.delete(socket));
  };

  server.on('upgrade', (request, stream, head) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const ticket = url.searchParams.get('ticket') ?? '';
    const expires = tickets.get(ticket) ?? 0;
    tickets.delete(ticket);
    if (isDown() || url.pathname !== '/link/' || expires < Date.now()) {
      stream.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    acceptor.handleUpgrade(request, stream, head, greet);
  });
  const pings = setInterval(() => {
    for (const socket of sockets) socket.ping('Ping from the stand-in');
  }, PING_EVERY_MS);
  pings.unref();

  const send = (envelope: Envelope): Promise<Reply> => {
    const open = [...sockets].filter((socket) => socket.readyState === WebSocket.OPEN);
    const socket = open[turn++ % Math.max(open.length, 1)];
    if (socket === undefined || isDown()) return Promise.resolve({ outcome: 'unreachable' });
    const id = randomUUID();
    return new Promise<Reply>((resolve) => {
      const settle = (reply: Reply) => {
        clearTimeout(timer);
        waiting.delete(id);
        socket.off('close', lost);
        resolve(reply);
      };
      const lost = () => settle({ outcome: 'unreachable' });
      const timer = setTimeout(() => settle({ outcome: 'timeout' }), appTimeoutMs);
      waiting.set(id, settle);
      socket.once('close', lost);
      socket.send(
        JSON.stringify({
          envelope_id: id,
          type: ENVELOPE_TYPES[envelope.kind],
          payload: envelope.body,
          accepts_response_payload: envelope.kind !== 'event',
          ...(envelope.kind === 'event' && {
            retry_attempt: envelope.retry?.number ?? 0,
            retry_reason: envelope.retry?.reason ?? '',
          }),
        }),
      );
    });
  };

  return {
    send,
    newTicket: () => {
      const ticket = newSecret();
      tickets.set(ticket, Date.now() + TICKET_LIFE_MS);
      return `/link/?ticket=${ticket}&app_id=${appId}`;
    },
    refresh: () => {
      const message = {
        type: 'disconnect',
        reason: 'refresh_requested',
        debug_info: { host: 'applink-stand-in' },
      };
      for (const socket of sockets) socket.send(JSON.stringify(message));
    },
    breakAll: () => {
      for (const socket of sockets) socket.terminate();
    },
    get connections() {
      return sockets.size;
    },
    close: async () => {
      clearInterval(pings);
      for (const socket of sockets) socket.terminate();
      acceptor.close();
    },
  };
}
