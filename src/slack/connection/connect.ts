import { SocketModeReceiver } from '@slack/bolt';
import { WebAPIPlatformError, type WebClientOptions } from '@slack/web-api';
import { SECOND_MS } from '../../durations.ts';
import { RefillError } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { boltLogger } from './bolt-logger.ts';
import { countedFetch } from './counted-fetch.ts';

/** Longer than Slack usually takes, shorter than a person waits. */
const CALL_TIMEOUT_MS = 10 * SECOND_MS;
/** How long the start of the app waits for the socket; after that it connects when it can. */
const SOCKET_START_MS = 10 * SECOND_MS;
const SOCKET_STOP_MS = 2 * SECOND_MS;

/**
 * How Slack is called. The client repeats nothing by itself: a posted message that was answered with a 503 may be
 * there already, so the outbox, which knows what it said, decides what is tried again and when.
 */
export function clientOptions(apiUrl: string | undefined, log: Logger): WebClientOptions {
  return {
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: CALL_TIMEOUT_MS,
    maxRequestConcurrency: 20,
    logger: boltLogger(log),
    fetch: countedFetch,
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  };
}

/**
 * How Socket Mode asks for its address: without end, as asking twice does no harm, and as giving up would leave the
 * app deaf (the library throws where no one can catch it) after an outage of Slack or of the network.
 */
function socketOptions(apiUrl: string | undefined, log: Logger): WebClientOptions {
  return {
    ...clientOptions(apiUrl, log),
    retryConfig: { forever: true, factor: 1.5, minTimeout: 500, maxTimeout: 15_000 },
    rejectRateLimitedCalls: false,
  };
}

/** Socket Mode, for those who cannot or will not open a port to Slack. */
export function createSocket(
  delivery: { appToken: string },
  apiUrl: string | undefined,
  log: Logger,
): { receiver: SocketModeReceiver; start(): Promise<void>; stop(): Promise<void> } {
  const receiver = new SocketModeReceiver({
    appToken: delivery.appToken,
    logger: boltLogger(log),
    installerOptions: { clientOptions: socketOptions(apiUrl, log) },
  });
  return {
    receiver,
    /** Throws RefillError `slack-refused` when Slack does not accept the app token; an outage does not stop the app. */
    async start() {
      const connected = Promise.resolve(receiver.start());
      const outcome = await Promise.race([
        connected.then(() => 'connected', toStartError),
        after(SOCKET_START_MS),
      ]);
      if (outcome instanceof RefillError) throw outcome;
      if (outcome === 'connected') return;
      log.warn('Slack does not answer yet; the socket connects as soon as it does');
      connected.catch((error: unknown) =>
        log.error({ err: error }, 'the socket to Slack could not be opened'),
      );
    },
    async stop() {
      await Promise.race([receiver.stop(), after(SOCKET_STOP_MS)]);
    },
  };
}

function toStartError(error: unknown): RefillError {
  const why = error instanceof WebAPIPlatformError ? error.data.error : String(error);
  return new RefillError(
    'slack-refused',
    `Slack does not accept SLACK_APP_TOKEN (${why}). It must be an app-level token with connections:write.`,
    {},
    { cause: error },
  );
}

function after(ms: number): Promise<'late'> {
  return new Promise((resolve) => setTimeout(() => resolve('late'), ms).unref());
}
