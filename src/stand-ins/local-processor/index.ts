import type { AddressInfo } from 'node:net';
import type { Clock } from '../../clock.ts';
import { SECOND_MS } from '../../durations.ts';
import type { Logger } from '../../log.ts';
import type { DatabasePlace } from '../database-place.ts';
import { changeAccount } from './account.ts';
import { setBankAnswer } from './bank-answers.ts';
import { BEHAVIOUR_CHOICES, type Behaviour } from './behaviour.ts';
import { Books } from './books.ts';
import type { ControlPanel, Switches } from './control.ts';
import { happenAt, readDisputable } from './happenings.ts';
import { type OneOffFault, Processor } from './processor.ts';
import { listen } from './server.ts';
import { settleDuePayments } from './settle-due.ts';
import { WebhookDelivery, type WebhookMischief, type WebhookTarget } from './webhooks.ts';

export type { Behaviour };

const SILENCE_MS = 90 * SECOND_MS;
const SETTLE_EVERY_MS = 500;

/** How the card processor stand-in is to run. */
export interface CardProcessorOptions {
  /** On 127.0.0.1; 0 takes any free one. */
  port: number;
  /** The database of its own books; it makes its schema itself. */
  database: DatabasePlace;
  /** The one API key it accepts, e.g. `sk_test_…`. */
  secretKey: string;
  /** Where signed events go; without it they are recorded and wait. */
  webhook?: WebhookTarget;
  clock: Clock;
  log: Logger;
  /** Where browsers reach the hosted pages, when that is not its own address. */
  publicUrl?: string;
  /** After this long a connection that is never answered is cut, in milliseconds. */
  silenceMs?: number;
}

/** The switches that a world panel or a test turns while it runs. */
export interface CardProcessorControls extends Switches {
  choices: typeof BEHAVIOUR_CHOICES;
  /**
   * Lets the next requests fail, those to `path` where it is named as the routing table writes it: with a saved 500 after
   * execution began, its effect undone or kept, or with an unsaved 429.
   */
  failNext(fault: OneOffFault, times?: number, path?: string): void;
  /** The dispute that is open, and the intent of the last charge that could be disputed. */
  readDisputable(): Promise<{ disputeId: string | null; intentId: string | null }>;
}

/** A running stand-in. */
export interface CardProcessor {
  url: string;
  controls: CardProcessorControls;
  close(): Promise<void>;
}

/**
 * Starts the card processor stand-in: the part of Stripe's API that Refill uses, over its real wire format, with
 * books of its own. Throws when the port is taken or the database cannot be reached.
 */
export async function startCardProcessor(options: CardProcessorOptions): Promise<CardProcessor> {
  const { clock, log, secretKey } = options;
  const books = await Books.open(options.database, log);
  const processor = new Processor({ books, clock, secretKey });
  const courier =
    options.webhook === undefined
      ? undefined
      : new WebhookDelivery({
          books,
          target: options.webhook,
          isDown: () => processor.behaviour === 'down',
          log,
        });
  const controls = controlsOf(processor, courier);
  const wake = () => courier?.wake();
  const silenceMs = options.silenceMs ?? SILENCE_MS;
  const parts = { processor, panel: panelOf(processor, controls), silenceMs, wake, log };
  const server = await listen(options.port, parts).catch(async (error: unknown) => {
    await courier?.close();
    await books.close();
    throw error;
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  processor.publicUrl = (options.publicUrl ?? url).replace(/\/+$/, '');
  const stopSettling = settleRegularly(processor, wake, log);
  return {
    url,
    controls,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await stopSettling();
      await courier?.close();
      await books.close();
    },
  };
}

function controlsOf(processor: Processor, courier: WebhookDelivery | undefined): CardProcessorControls {
  const idle: WebhookMischief = { paused: false, duplicates: 0, order: 'oldest-first' };
  return {
    behaviour: () => processor.behaviour,
    setBehaviour(behaviour) {
      processor.behaviour = behaviour;
      courier?.wake();
    },
    choices: BEHAVIOUR_CHOICES,
    failNext: (fault, times = 1, path) => processor.faults.arm(fault, times, path),
    setBank: (cardId, answer) => setBankAnswer(processor, cardId, answer),
    refuse(refusal) {
      processor.refusal = refusal;
    },
    webhooks: () => ({ ...(courier?.mischief ?? idle) }),
    setWebhooks(change) {
      Object.assign(courier?.mischief ?? idle, change);
      courier?.wake();
    },
    account: () => ({ ...processor.account }),
    setAccount(change) {
      processor.account = changeAccount(processor.account, change);
    },
    happen: happenAt(processor, () => courier?.wake()),
    readDisputable: () => readDisputable(processor),
  };
}

function panelOf(processor: Processor, controls: CardProcessorControls): ControlPanel {
  return {
    ...controls,
    secretKey: processor.secretKey,
    failNext: (fault, times, path) => controls.failNext(fault, times, path),
  };
}

/** Finishes payments in processing when their time has come; returns how to stop. */
function settleRegularly(processor: Processor, wake: () => void, log: Logger): () => Promise<void> {
  let round: Promise<void> | undefined;
  const timer = setInterval(() => {
    round ??= settleDuePayments(processor)
      .then((settled) => (settled > 0 ? wake() : undefined))
      .catch((error: unknown) => log.warn({ err: error }, 'payments in processing could not be settled'))
      .finally(() => {
        round = undefined;
      });
  }, SETTLE_EVERY_MS);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await round;
  };
}
