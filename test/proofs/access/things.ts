import { cardThings } from './things/cards.ts';
import { formThings } from './things/forms.ts';
import { moneyThings } from './things/money.ts';
import { peopleThings } from './things/people.ts';
import { viewThings } from './things/views.ts';

/** Everything that a request may name, made anew for each that does: real rows, as the app itself makes them. */
export const things = { ...moneyThings, ...cardThings, ...formThings, ...peopleThings, ...viewThings };
export type ThingName = keyof typeof things;
