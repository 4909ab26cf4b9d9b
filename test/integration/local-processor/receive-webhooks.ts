import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Stripe from 'stripe';

export const WEBHOOK_SECRET = 'whsec_sandbox';

/** A receiver of webhooks that checks every signature with the real SDK. */
export interface WebhookReceiver {
  url: string;
  /** What arrived, in order of arrival, repetitions included. */
  events: Stripe.Event[];
  /** Types of events about this object. */
  typesAbout(objectId: string): string[];
  /** The status that is answered from now on. */
  answerWith(status: number): void;
  close(): Promise<void>;
}

/** Starts a receiver on this machine. Events whose signature is wrong are refused and not listed. */
export async function receiveWebhooks(): Promise<WebhookReceiver> {
  const { webhooks } = new Stripe('sk_test_receiver');
  const events: Stripe.Event[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const signature = String(request.headers['stripe-signature']);
      try {
        events.push(webhooks.constructEvent(Buffer.concat(chunks), signature, WEBHOOK_SECRET));
        response.writeHead(status).end();
      } catch {
        response.writeHead(400).end();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/stripe`,
    events,
    typesAbout: (objectId) =>
      events.flatMap((event) => ((event.data.object as { id?: string }).id === objectId ? [event.type] : [])),
    answerWith(next) {
      status = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
