import type { IncomingMessage, ServerResponse } from 'node:http';
import { App, type Receiver } from '@slack/bolt';
import type { InvoiceFileDelivery } from '../billing/index.ts';
import { SECOND_MS } from '../durations.ts';
import type { NoticeSender } from '../notices/index.ts';
import type { DeliveryRecorder } from '../org/index.ts';
import type { JobHandlers } from '../queue/index.ts';
import { shareNextFlight } from '../single-flight.ts';
import { currentTrace, newRequestId, withTrace } from '../trace.ts';
import type { ExportDelivery } from '../usage/index.ts';
import { createMembership } from './access/membership.ts';
import { ackUnhandled } from './ack-unhandled.ts';
import { boltLogger } from './connection/bolt-logger.ts';
import { clientOptions, createSocket } from './connection/connect.ts';
import { createInstallations } from './connection/installations.ts';
import { askAboutCard } from './features/cards/ask-about-card.ts';
import { showCardCheck } from './features/cards/show-check.ts';
import { createExportDelivery } from './features/export/deliver-export.ts';
import { createInvoiceDelivery } from './features/invoices/deliver-invoice.ts';
import { matchPeople } from './features/people/match-people.ts';
import { sweepStandings } from './features/people/sweep-standings.ts';
import { showOrderJob } from './features/purchase/show-order.ts';
import { createHttpDelivery } from './http-delivery.ts';
import { readCompanyFigures } from './kit/company-figures.ts';
import type { SlackContext } from './kit/context.ts';
import { postToOperator } from './notices/post-to-operator.ts';
import { createNoticeSender } from './notices/send-notice.ts';
import { registerListeners } from './register-listeners.ts';
import { createHomeWatch } from './screens/home/publish-home.ts';
import { warmUp } from './warm-up.ts';

/** Commands that wait for their turn share figures that were read since they came. */
const KEPT_FIGURES_MS = SECOND_MS;

/** `appTimeoutMs`: how long who delivers waits for an acknowledgement; Slack's three seconds by default. */
export type SlackDelivery =
  | { kind: 'http'; signingSecret: string; appTimeoutMs?: number }
  | { kind: 'socket'; appToken: string };

export interface SlackApp {
  /** For the one HTTP server: takes what comes to /slack/events. Absent in Socket Mode. */
  requestListener?: (request: IncomingMessage, response: ServerResponse) => void;
  /** Has the first command answered as fast as all others; to be done before anything is answered. */
  warmUp(): Promise<void>;
  /** Connects the socket; nothing over HTTP. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves when all commands that were acknowledged are answered; after the last request has come. */
  drain(): Promise<void>;
  /** Asks Slack about people with roles, now and then. */
  sweepStandings(): Promise<void>;
  jobs: Pick<JobHandlers, 'show-order' | 'show-card-check' | 'ask-about-card' | 'match-people'>;
  sendNotice: NoticeSender;
  exportCourier: ExportDelivery;
  invoiceCourier: InvoiceFileDelivery;
  /** Posts a line to the operator's channel. Throws what Slack refuses it with. */
  postToOperator(channelId: string, line: string): Promise<void>;
}

/** The Slack app: Bolt over HTTP or Socket Mode, authorised by the installations in the database. */
export function createSlackApp(
  options: Omit<SlackContext, 'clientFor' | 'membership' | 'readFigures'> & {
    apiUrl: string | undefined;
    delivery: SlackDelivery;
    recordDelivery: DeliveryRecorder;
  },
): SlackApp {
  const { db, clock, log, billing, secrets, apiUrl, delivery, recordDelivery } = options;
  const { authorize, clientFor } = createInstallations({ db, secrets, log }, apiUrl);
  const membership = createMembership({ db, clientFor, clock, log });
  const readFigures = shareNextFlight((companyId: bigint) => readCompanyFigures({ db, clock }, companyId), {
    keepMs: KEPT_FIGURES_MS,
  });
  const ctx: SlackContext = { db, clock, log, billing, secrets, clientFor, membership, readFigures };
  const logger = boltLogger(log);
  const http = delivery.kind === 'http' ? createHttpDelivery(delivery, log, recordDelivery) : undefined;
  const socket = delivery.kind === 'socket' ? createSocket(delivery, apiUrl, log) : undefined;
  const app = new App({
    receiver: (http ?? socket)?.receiver as Receiver,
    logger,
    clientOptions: clientOptions(apiUrl, log),
    convoStore: false,
    authorize: ({ teamId }) => authorize(teamId ?? ''),
  });
  app.error(async (error) => log.error({ err: error }, 'Slack’s request could not be handled'));
  app.use(ackUnhandled(log));
  // Whatever arrives here is Slack’s: its signature, or its socket, was checked before.
  app.use(async ({ next }) => {
    recordDelivery('slack');
    // Over HTTP its request has an id already; what comes by the socket gets one here.
    await withTrace(currentTrace() ?? { requestId: newRequestId() }, next);
  });
  const homes = createHomeWatch(ctx);
  registerListeners(app, ctx, homes);
  return {
    ...(http === undefined ? {} : { requestListener: http.requestListener }),
    warmUp: () => warmUp(ctx, authorize),
    start: async () => {
      homes.start();
      await socket?.start();
    },
    stop: async () => {
      await homes.stop();
      await socket?.stop();
    },
    drain: async () => await http?.drain(),
    sweepStandings: () => sweepStandings(ctx),
    jobs: {
      'show-order': (payload) => showOrderJob(ctx, payload),
      'show-card-check': (payload) => showCardCheck(ctx, payload),
      'ask-about-card': (payload) => askAboutCard(ctx, payload),
      'match-people': (payload) => matchPeople(ctx, payload),
    },
    sendNotice: createNoticeSender(ctx),
    exportCourier: createExportDelivery(ctx),
    invoiceCourier: createInvoiceDelivery(ctx),
    postToOperator: (channelId, line) => postToOperator(ctx, channelId, line),
  };
}
