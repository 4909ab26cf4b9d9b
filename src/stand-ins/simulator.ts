import type { MovableClock } from '../clock.ts';
import { RefillError } from '../errors.ts';
import type { EventReceiver } from './local-phone-system/event-receiver.ts';
import type { PhoneSystem } from './local-phone-system/send-usage.ts';
import type { Behaviour, CardProcessorControls } from './local-processor/index.ts';
import type { WorldPort } from './local-workspace/options.ts';
import type { World, WorldAct } from './local-workspace/protocol.ts';
import type { SimulatorStore } from './simulator-store.ts';

const TIME_ZONE = 'America/Los_Angeles';

/** The world outside Slack as the page's panel plays it: the one clock, the test card, the network. */
export function createSimulator(parts: {
  clock: MovableClock;
  books: SimulatorStore;
  card: CardProcessorControls;
  statementUrl: string;
  phone: PhoneSystem;
  events: EventReceiver;
}): {
  port: WorldPort;
  onNetwork(listener: (isSlackDown: boolean) => void): void;
} {
  const { clock, books, card, phone, events } = parts;
  let said: string | null = null;
  const listeners: (() => void)[] = [];
  let onNetwork = (_isSlackDown: boolean): void => {};
  const network = { slackDown: false, processorDown: false };
  let behaviour: Behaviour = card.behaviour();

  const choices = card.choices
    .filter(({ value }) => value !== 'down')
    .map(({ value, label }) => ({ id: value, label, description: '' }));

  const read = async (): Promise<World> => ({
    now: clock.now().toISOString(),
    aheadMs: clock.aheadMs,
    timeZone: TIME_ZONE,
    card: {
      behaviour,
      choices,
      statementUrl: parts.statementUrl,
      isDisputed: (await card.readDisputable()).disputeId !== null,
    },
    phone: { choices: [...phone.choices], said, paused: events.listPaused() },
    network: { ...network },
  });

  const act = async (request: WorldAct): Promise<void> => {
    if (request.type === 'advance') {
      clock.advance(request.ms);
      await books.writeAheadMs(clock.aheadMs);
    } else if (request.type === 'phone') {
      said = await phone.act(request.happening);
    } else if (request.type === 'dispute') {
      await dispute(card, request.event);
    } else if (request.type === 'card') {
      const choice = card.choices.find(({ value }) => value === request.behaviour);
      if (choice === undefined) throw new RangeError(`no such card behaviour: ${request.behaviour}`);
      behaviour = choice.value;
    } else {
      network.slackDown = request.slackDown;
      network.processorDown = request.processorDown;
      onNetwork(network.slackDown);
    }
    card.setBehaviour(network.processorDown ? 'down' : behaviour);
    for (const listener of listeners) listener();
  };

  events.onChange(() => {
    for (const listener of listeners) listener();
  });
  return {
    port: { read, act, onChange: (listener) => listeners.push(listener) },
    onNetwork: (listener) => {
      onNetwork = listener;
    },
  };
}

/** The card's holder says that they never bought what was charged last; or the bank decides about it. */
async function dispute(card: CardProcessorControls, event: 'open' | 'won' | 'lost'): Promise<void> {
  const { disputeId, intentId } = await card.readDisputable();
  if (event !== 'open') {
    if (disputeId !== null) await card.happen('changeDispute', { dispute: disputeId, status: event });
    return;
  }
  if (disputeId !== null) return;
  if (intentId === null)
    throw new RefillError('nothing-charged', 'Nothing was charged yet that could be disputed.');
  await card.happen('openDispute', { payment_intent: intentId });
}
