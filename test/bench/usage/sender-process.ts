/** The process of a sender, see sender.ts: takes what to send from its parent and answers how it went. */
import { Agent } from 'node:http';
import { post } from '../post.ts';
import { IN_FLIGHT, type Sending, type Sent } from './sender.ts';

const agent = new Agent({ keepAlive: true });

process.on('message', (sending: Sending) => {
  sendAll(sending).then(
    (sent) => process.send?.(sent),
    (error: Error) => process.send?.({ rate: 0, p99Ms: 0, refused: error.message } satisfies Sent),
  );
});

async function sendAll({ port, path, bodies }: Sending): Promise<Sent> {
  const tookMs: number[] = [];
  const queue = bodies.values();
  const startedAt = performance.now();
  const sendNext = async (): Promise<void> => {
    for (const body of queue) {
      const sentAt = performance.now();
      await post({ agent, port, path, body });
      tookMs.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sendNext));
  const rate = (bodies.length * 1_000) / (performance.now() - startedAt);
  tookMs.sort((a, b) => a - b);
  return { rate, p99Ms: tookMs[Math.floor(tookMs.length * 0.99)] ?? 0 };
}
