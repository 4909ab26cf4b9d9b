import { HOUR_MS } from '../../../../durations.ts';
import type { WorldAct } from '../../protocol.ts';

/** What a person just did, as far as a step of the tour may be about it. */
export type Deed =
  | { kind: 'command'; text: string }
  /** A modal of the app showed this title. */
  | { kind: 'modal'; title: string }
  | { kind: 'simulation'; act: WorldAct }
  | { kind: 'person' };

/** What a click on a step does. */
export type StepClick =
  /** Puts a command into the message field, ready to send. */
  | { kind: 'draft'; text: string }
  | { kind: 'simulate'; act: WorldAct }
  /** Opens the list of people one may act as. */
  | { kind: 'people' };

export interface TourStep {
  id: string;
  text: string;
  /** What its button says. */
  button: string;
  click: StepClick;
  /** Whether this deed is the step, done. */
  isDone(deed: Deed): boolean;
}

const simulates =
  (type: WorldAct['type']) =>
  (deed: Deed): boolean =>
    deed.kind === 'simulation' && deed.act.type === type;

const sends =
  (pattern: RegExp) =>
  (deed: Deed): boolean =>
    deed.kind === 'command' && pattern.test(deed.text.trim());

/** Once a modal of the app has this title: a click on Pay alone may end in a decline. */
const shows =
  (title: string) =>
  (deed: Deed): boolean =>
    deed.kind === 'modal' && deed.title === title;

/** What to try first: the product's story in two minutes. */
export const tourSteps: readonly TourStep[] = [
  {
    id: 'balance',
    text: 'See the balance',
    button: '/credits',
    click: { kind: 'draft', text: '/credits' },
    isDone: sends(/^\/credits$/),
  },
  {
    id: 'buy',
    text: 'Add credits: review, then pay with the test card',
    button: '/credits add 50',
    click: { kind: 'draft', text: '/credits add 50' },
    isDone: shows('Credits added'),
  },
  {
    id: 'use',
    text: 'Simulate some calls and texts',
    button: 'Simulate a busy hour',
    click: { kind: 'simulate', act: { type: 'phone', happening: 'busy-hour' } },
    isDone: simulates('phone'),
  },
  {
    id: 'usage',
    text: 'See what they cost',
    button: '/credits usage',
    click: { kind: 'draft', text: '/credits usage' },
    isDone: sends(/^\/credits usage\b/),
  },
  {
    id: 'decline',
    text: 'Have the card declined, then add credits again',
    button: 'Decline the card',
    click: { kind: 'simulate', act: { type: 'card', behaviour: 'decline' } },
    isDone: shows('Payment declined'),
  },
  {
    id: 'person',
    text: 'See what someone else can do',
    button: 'Switch person',
    click: { kind: 'people' },
    isDone: (deed) => deed.kind === 'person',
  },
  {
    id: 'clock',
    text: 'Advance the clock: balances stay correct',
    button: 'Advance 6 hours',
    click: { kind: 'simulate', act: { type: 'advance', ms: 6 * HOUR_MS } },
    isDone: simulates('advance'),
  },
];
