import { once } from 'node:events';
import { createServer, type IncomingMessage, request as send } from 'node:http';

/**
 * Stands before several web processes as a load balancer does: requests go to them by turns, to the next where one takes no
 * connection. One that has got a request and gives no answer is not asked again: the connection of its sender breaks.
 */
export async function startBalancer(
  port: number,
  targets: readonly number[],
): Promise<{ close(): Promise<void> }> {
  let turn = 0;
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    turn += 1;
    for (let tries = 0; tries < targets.length; tries += 1) {
      const target = targets[(turn + tries) % targets.length] ?? 0;
      const answer = await forward(target, incoming, Buffer.concat(chunks));
      if (answer === 'refused') continue;
      if (answer === 'broken') break;
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('error', () => outgoing.destroy());
      answer.pipe(outgoing);
      return;
    }
    outgoing.destroy();
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function forward(
  port: number,
  { method, url, headers }: IncomingMessage,
  body: Buffer,
): Promise<IncomingMessage | 'refused' | 'broken'> {
  return new Promise((resolve) => {
    const sent = send({ agent: false, host: '127.0.0.1', port, method, path: url, headers }, resolve);
    sent.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ECONNREFUSED' ? 'refused' : 'broken'),
    );
    sent.end(body);
  });
}
