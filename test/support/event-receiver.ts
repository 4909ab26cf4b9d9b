import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedEvent {
  id: string;
  type: string;
  created_at: string;
  data: Record<string, unknown>;
}

/** A phone system's own end of signed events: checks each as docs/api/webhooks.md says, and answers with `status`. */
export async function startEventReceiver() {
  const received: ReceivedEvent[] = [];
  const tried: string[] = [];
  const receiver = { secret: '', status: 204 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const event = JSON.parse(body) as ReceivedEvent;
      tried.push(event.id);
      const isGenuine = verify(receiver.secret, String(request.headers['refill-signature']), body);
      const status = isGenuine ? receiver.status : 401;
      if (status < 300) received.push(event);
      response.writeHead(status, status === 302 ? { location: '/elsewhere' } : {}).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/refill`,
    /** What was accepted, and the ids of all that was tried, in order. */
    received,
    tried,
    answerWith: (status: number) => {
      receiver.status = status;
    },
    trust: (secret: string) => {
      receiver.secret = secret;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Written from the documentation, not from the code that signs. */
function verify(secret: string, header: string, body: string): boolean {
  const { t, v1 } = Object.fromEntries(header.split(',').map((part) => part.split('=')));
  const isFresh = Math.abs(Date.now() / 1_000 - Number(t)) < 300;
  return isFresh && createHmac('sha256', secret).update(`${t}.${body}`).digest('hex') === v1;
}
